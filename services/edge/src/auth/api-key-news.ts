import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '@florin/observability';
import type { Redis } from 'ioredis';

/** An operator does not wait longer for the others to hear of a revocation: they look for themselves soon after. */
const announceTimeoutMs = 250;

/**
 * Tells the other edges within milliseconds that keys were revoked or rotated. Nothing depends on it: what an edge
 * remembers of a key it asks PostgreSQL for again all the time (`ApiKeyRegistry`), whatever Redis does.
 */
export interface ApiKeyNews {
  /** To be called after the commit; never throws. */
  announce(keyIds: readonly string[]): Promise<void>;
  /** Called for keys that this or another edge has changed. */
  onChange(forget: (keyIds: readonly string[]) => void): void;
  start(): Promise<void>;
  stop(): void;
}

export function createApiKeyNews(options: { redis: Redis; channel: string; logger: Logger }): ApiKeyNews {
  const { redis, channel, logger } = options;
  // A connection in subscriber mode can send no other command, so it needs to be one of its own.
  const subscriber = redis.duplicate({ lazyConnect: true, maxRetriesPerRequest: null });
  const listeners: ((keyIds: readonly string[]) => void)[] = [];
  const tell = (keyIds: readonly string[]): void => {
    for (const forget of listeners) forget(keyIds);
  };
  subscriber.on('error', (error) => logger.warn({ err: error }, 'API key channel lost, reconnecting'));
  subscriber.on('message', (_channel: string, text: string) => tell(text.split(',')));

  return {
    async announce(keyIds) {
      tell(keyIds);
      const published = redis.publish(channel, keyIds.join(',')).catch((error: Error) => {
        logger.warn({ err: error }, 'change of an API key could not be announced');
      });
      await Promise.race([published, delay(announceTimeoutMs, undefined, { ref: false })]);
    },
    onChange: (forget) => {
      listeners.push(forget);
    },
    async start() {
      await subscriber.connect();
      // ioredis subscribes again by itself whenever it has reconnected.
      await subscriber.subscribe(channel);
    },
    stop: () => subscriber.disconnect(),
  };
}
