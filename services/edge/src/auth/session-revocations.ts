import type { Logger } from '@florin/observability';
import type { Redis } from 'ioredis';
import { LRUCache } from 'lru-cache';
import { accessTokenTtlMs } from './access-tokens.js';

/**
 * Spreads the news of revoked sessions to every edge instance. PostgreSQL holds the truth; this channel only ends
 * what instances remember. While it is down nothing may be trusted from memory: `isReliable` says so.
 */
export interface SessionRevocations {
  /**
   * To be called after the revocation has been committed.
   * @param ids of sessions, or `customerRevocation` for all sessions of a customer, those included that nobody knows
   */
  announce(ids: readonly string[]): Promise<void>;
  isRevoked(id: string): boolean;
  /** True while news arrive. */
  isReliable(): boolean;
  /** Called when news may have been missed. */
  onGap(forget: () => void): void;
  start(): Promise<void>;
  stop(): void;
}

/** Stands for all sessions of a customer. */
export function customerRevocation(customerId: string): string {
  return `customer:${customerId}`;
}

export function createSessionRevocations(options: {
  redis: Redis;
  channel: string;
  logger: Logger;
}): SessionRevocations {
  const { redis, channel, logger } = options;
  // A connection in subscriber mode can send no other command, so it needs to be one of its own.
  const subscriber = redis.duplicate({ lazyConnect: true, maxRetriesPerRequest: null });
  // No access token outlives its session in this set, so it need not be remembered longer.
  const revoked = new LRUCache<string, true>({ max: 100_000, ttl: accessTokenTtlMs });
  const gapListeners: (() => void)[] = [];
  let reliable = false;

  subscriber.on('error', (error) => logger.warn({ err: error }, 'revocation channel lost, reconnecting'));
  subscriber.on('close', () => {
    reliable = false;
    for (const forget of gapListeners) forget();
  });
  subscriber.on('ready', () => {
    subscriber.subscribe(channel).then(
      () => {
        reliable = true;
      },
      (error: Error) => logger.warn({ err: error }, 'revocation channel could not be subscribed'),
    );
  });
  subscriber.on('message', (_channel: string, text: string) => {
    for (const id of text.split(',')) revoked.set(id, true);
  });

  return {
    async announce(ids) {
      for (const id of ids) revoked.set(id, true);
      if (ids.length > 0) await redis.publish(channel, ids.join(','));
    },
    isRevoked: (id) => revoked.has(id),
    isReliable: () => reliable,
    onGap: (forget) => {
      gapListeners.push(forget);
    },
    start: () => subscriber.connect(),
    stop: () => subscriber.disconnect(),
  };
}
