import type { RateLimiter } from '@florin/http';
import type { Logger, Registry } from '@florin/observability';
import type { Redis } from 'ioredis';
import type { EdgeConfig } from '../config.js';
import { connectSoon, impatientRedis } from '../impatient-redis.js';
import { createLeaseClient } from './lease-script.js';
import { policyOf, ratesOf } from './route-policies.js';
import { SharedRateLimiter } from './shared-rate-limiter.js';

export interface RunningRateLimiter {
  readonly limiter: RateLimiter;
  /** Waits a moment for Redis: calls that come before it is there are limited by this instance alone. */
  start(): Promise<void>;
  stop(): void;
}

export function createRateLimiter(options: {
  readonly redis: Redis;
  readonly config: EdgeConfig;
  readonly logger: Logger;
  readonly metrics: Registry;
}): RunningRateLimiter {
  const { config, logger, metrics } = options;
  // The limiter itself says that it is without Redis; each attempt to connect need not say so again.
  const redis = impatientRedis(options.redis, config.RATE_LIMIT_ANSWER_TIMEOUT, (error) =>
    logger.debug({ err: error }, 'rate limits lost Redis, reconnecting'),
  );
  const limiter = new SharedRateLimiter({
    leases: createLeaseClient(redis),
    keyPrefix: config.TOPIC_PREFIX,
    rates: ratesOf(config),
    policyOf: (route) => policyOf(route, config.RATE_LIMIT_ROUTES),
    logger,
    metrics,
  });
  return {
    limiter,
    start: () => connectSoon(redis),
    stop: () => redis.disconnect(),
  };
}
