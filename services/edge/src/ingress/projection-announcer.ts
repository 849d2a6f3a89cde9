import type { Logger } from '@florin/observability';
import type { Redis } from 'ioredis';
import type { ResourceRef } from './submission.js';
import type { Outcome, Waiters } from './waiters.js';

export interface Projected extends ResourceRef, Outcome {}

/** Tells every edge instance which resources have reached a state that a call may wait for. */
export interface ProjectionAnnouncer {
  /** To be called after the commit of the projection; never throws. */
  announce(projected: readonly Projected[]): void;
  start(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Local waiters are woken directly; what nobody waits for here is published once per batch, because the call may be
 * held by another instance. A lost publication costs its caller the rest of the wait: at the end of it the edge reads
 * the state itself.
 */
export function createProjectionAnnouncer(options: {
  redis: Redis;
  channel: string;
  waiters: Waiters;
  logger: Logger;
}): ProjectionAnnouncer {
  const { redis, channel, waiters, logger } = options;
  // A connection in subscriber mode can send no other command, so it needs to be one of its own.
  const subscriber = redis.duplicate({ lazyConnect: true });
  subscriber.on('error', (error) => logger.warn({ err: error }, 'projection channel lost, reconnecting'));
  subscriber.on('message', (_channel: string, text: string) => {
    for (const projected of JSON.parse(text) as Projected[]) waiters.wake(projected, projected);
  });
  return {
    announce(projected) {
      const elsewhere = projected.filter((one) => !waiters.wake(one, one));
      if (elsewhere.length === 0) return;
      redis.publish(channel, JSON.stringify(elsewhere)).catch((error: Error) => {
        logger.warn({ err: error }, 'projection could not be announced');
      });
    },
    async start() {
      await subscriber.connect();
      await subscriber.subscribe(channel);
    },
    async stop() {
      subscriber.disconnect();
    },
  };
}
