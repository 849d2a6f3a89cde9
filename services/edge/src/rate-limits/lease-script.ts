import type { Redis } from 'ioredis';
import type { Rate } from '../domain/rate.js';

/** What Redis grants of a quota that all instances share. */
export interface Lease {
  readonly granted: number;
  readonly remaining: number;
  readonly fullInMs: number;
  /** Until one more call can be granted; for a lease of nothing. */
  readonly nextInMs: number;
}

/**
 * `grant` of `domain/rate.ts` by the clock of Redis, in microseconds, so that instances whose clocks differ share a quota all the
 * same. A key lives as long as its quota is not whole.
 */
const script = `
local interval, window, wanted = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local full = tonumber(redis.call('GET', KEYS[1]) or now)
if full < now then full = now end
local free = math.floor((now + window - full) / interval + 0.000001)
local granted = math.min(free, wanted)
if granted <= 0 then return {0, 0, full - now, full + interval - window - now} end
full = full + granted * interval
redis.call('SET', KEYS[1], string.format('%.0f', full), 'PX', math.ceil((full - now) / 1000) + 1)
return {granted, free - granted, full - now, 0}`;

export interface LeaseClient {
  lease(key: string, rate: Rate, wanted: number): Promise<Lease>;
}

export function createLeaseClient(redis: Redis): LeaseClient {
  redis.defineCommand('takeLease', { numberOfKeys: 1, lua: script });
  const commands = redis as Redis & {
    takeLease(key: string, ...args: number[]): Promise<[number, number, number, number]>;
  };
  return {
    async lease(key, rate, wanted) {
      const windowUs = rate.windowMs * 1_000;
      const [granted, remaining, fullInUs, nextInUs] = await commands.takeLease(
        key,
        windowUs / rate.quota,
        windowUs,
        wanted,
      );
      return { granted, remaining, fullInMs: fullInUs / 1_000, nextInMs: nextInUs / 1_000 };
    },
  };
}
