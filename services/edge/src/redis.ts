import type { Logger } from '@florin/observability';
import { Redis } from 'ioredis';

/** A client that connects on `connect` and gives up on a command instead of keeping a request waiting. */
export function createRedis(url: string, logger: Logger): Redis {
  const redis = new Redis(url, {
    lazyConnect: true,
    maxRetriesPerRequest: 2,
    commandTimeout: 2_000,
    retryStrategy: (attempt) => Math.min(50 * 2 ** attempt, 2_000),
  });
  redis.on('error', (error: Error) => logger.warn({ err: error }, 'redis connection lost, reconnecting'));
  return redis;
}

/** ioredis gives these no codes. */
const outages = new Set(['Command timed out', 'Connection is closed.']);

/** True when Redis is away or too slow, so that the request may succeed in a moment. */
export function isRedisOutage(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return error.name === 'MaxRetriesPerRequestError' || outages.has(error.message);
}
