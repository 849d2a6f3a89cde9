import type { UnitOfWork } from '@florin/messaging';
import type { Logger } from '@florin/observability';
import type { Redis } from 'ioredis';
import { updateAnswers } from '../db/store-answers.js';
import { answerOf } from './answer.js';
import type { ResourceRef, StoredAnswer } from './submission.js';
import type { KeyedWait, Outcome, Waiters } from './waiters.js';

export interface Projected extends ResourceRef, Outcome {}

/** Tells every edge instance which resources have reached a state that a call may wait for. */
export interface ProjectionAnnouncer {
  /** To be called in the transaction of the projection; the calls are woken after its commit. */
  announce(unit: Pick<UnitOfWork, 'tx' | 'pending' | 'afterCommit'>, projected: readonly Projected[]): void;
  /** The same for what has been committed, whose calls store their answers themselves; never throws. */
  tell(projected: readonly Projected[]): void;
  start(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Local waiters are woken directly; what nobody waits for here is published once per batch, because the call may be
 * held by another instance. A lost publication costs its caller the rest of the wait: at the end of it the edge reads
 * the state itself.
 *
 * The answers of local waiters with an Idempotency-Key are stored with the projection: a transaction of their own would be
 * one more of each batch, and every call would wait for it. When one of them could not be stored, because an answer stands already
 * or the key is gone, the calls of the batch store theirs themselves.
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

  function tell(projected: readonly Projected[], answers?: ReadonlyMap<KeyedWait, StoredAnswer>): void {
    const elsewhere = projected.filter((one) => !waiters.wake(one, one, answers));
    if (elsewhere.length === 0) return;
    redis.publish(channel, JSON.stringify(elsewhere)).catch((error: Error) => {
      logger.warn({ err: error }, 'projection could not be announced');
    });
  }

  return {
    announce(unit, projected) {
      const answers = new Map<KeyedWait, StoredAnswer>();
      for (const one of projected) {
        for (const keyed of waiters.keyed(one)) answers.set(keyed, answerOf(one, one, keyed.traceId));
      }
      let stored = 0;
      if (answers.size > 0) {
        const toStore = [...answers].map(([{ claim }, answer]) => ({ claim, answer }));
        const storing = updateAnswers(unit.tx, toStore).then((count) => {
          stored = count;
        });
        unit.pending(storing);
      }
      unit.afterCommit(() => tell(projected, stored === answers.size ? answers : undefined));
    },
    tell: (projected) => tell(projected),
    async start() {
      await subscriber.connect();
      await subscriber.subscribe(channel);
    },
    async stop() {
      subscriber.disconnect();
    },
  };
}
