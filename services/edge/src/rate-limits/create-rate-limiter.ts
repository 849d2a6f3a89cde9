import type { RateLimiter } from '@florin/http';
import type { Logger, Registry } from '@florin/observability';
import type { Redis } from 'ioredis';
import type { EdgeConfig } from '../config.js';
import { createLeaseClient } from './lease-script.js';
import { policyOf, ratesOf } from './route-policies.js';
import { SharedRateLimiter } from './shared-rate-limiter.js';

/** What a call waits for Redis at most, and only while Redis seems to be well. It answers in less than one. */
const answerMs = 100;

export interface RunningRateLimiter {
  readonly limiter: RateLimiter;
  start(): void;
  stop(): void;
}

/** Needs a connection of its own: commands that time out after a tenth of a second would be too hasty for anything else. */
export function createRateLimiter(options: {
  readonly redis: Redis;
  readonly config: EdgeConfig;
  readonly logger: Logger;
  readonly metrics: Registry;
}): RunningRateLimiter {
  const { config, logger, metrics } = options;
  const redis = options.redis.duplicate({
    lazyConnect: true,
    commandTimeout: answerMs,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
  });
  // The limiter itself says that it is without Redis; each attempt to connect need not say so again.
  redis.on('error', (error: Error) => logger.debug({ err: error }, 'rate limits lost Redis, reconnecting'));
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
    // It goes on trying by itself; until then rates are limited locally.
    start: () => void redis.connect().catch(() => undefined),
    stop: () => redis.disconnect(),
  };
}
