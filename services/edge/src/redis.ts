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
