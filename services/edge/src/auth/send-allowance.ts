import { Problem } from '@florin/http';
import type { Clock } from '@florin/observability';
import type { Redis } from 'ioredis';
import type { KeyedHash } from './keyed-hash.js';

export interface SendLimits {
  /** Between two messages, unless the first was answered. */
  readonly cooldownMs: number;
  /** In a day, answered or not: each costs money, and premium-rate numbers earn it. */
  readonly perDay: number;
}

/** Bounds what strangers and customers can make the platform send to one phone or mailbox. */
export interface SendAllowance {
  /** Takes one message from the allowance of `address`; says how long to wait when there is none. */
  take(address: string): Promise<{ readonly kind: 'granted' } | SendRefusal>;
  /** The last message was answered: the next one need not wait. */
  answered(address: string): Promise<void>;
}

export interface SendRefusal {
  readonly kind: 'cooldown' | 'daily-limit';
  readonly retryAfterMs: number;
}

const dayMs = 24 * 3_600_000;

/** One step, so that parallel calls cannot take the same message twice. The clock is the caller's. */
const takeOne = `
local now, cooldown, limit, day = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local state = redis.call('HMGET', KEYS[1], 'since', 'count', 'last')
local since, count, last = tonumber(state[1]), tonumber(state[2]), tonumber(state[3])
if not since or now - since >= day then since, count = now, 0 end
if last and now - last < cooldown then return {'cooldown', tostring(cooldown - (now - last))} end
if count >= limit then return {'daily-limit', tostring(day - (now - since))} end
redis.call('HSET', KEYS[1], 'since', since, 'count', count + 1, 'last', now)
redis.call('PEXPIRE', KEYS[1], day)
return {'granted', '0'}`;

export function createSendAllowance(options: {
  redis: Redis;
  hash: KeyedHash;
  keyPrefix: string;
  clock: Clock;
  /** What is sent, e.g. `otp`: each purpose has its own allowance. */
  purpose: string;
  limits: SendLimits;
}): SendAllowance {
  const { redis, hash, clock, limits, purpose } = options;
  // Known by the address and not by the customer: registering again does not begin anew.
  const keyOf = (address: string): string =>
    `${options.keyPrefix}sends:${purpose}:${hash('send allowance', address)}`;

  return {
    async take(address) {
      const values = [clock.now(), limits.cooldownMs, limits.perDay, dayMs];
      const [kind, waitMs] = (await redis.eval(takeOne, 1, keyOf(address), ...values)) as [string, string];
      if (kind === 'granted') return { kind };
      return { kind: kind as SendRefusal['kind'], retryAfterMs: Number(waitMs) };
    },
    async answered(address) {
      await redis.hdel(keyOf(address), 'last');
    },
  };
}

/** The answer of a call that may say that it was refused. */
export function sendRefused(what: 'otp' | 'mail', { kind, retryAfterMs }: SendRefusal): Problem {
  const detail =
    kind === 'cooldown'
      ? 'One was sent a moment ago; wait before you ask for another.'
      : 'No more are sent there today.';
  return new Problem(429, `${what}-${kind}`, detail, {
    headers: { 'Retry-After': String(Math.ceil(retryAfterMs / 1_000)) },
  });
}
