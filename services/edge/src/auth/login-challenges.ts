import { createHmac, hkdfSync, randomInt, timingSafeEqual } from 'node:crypto';
import type { Clock } from '@florin/observability';
import { parseSealKey } from '@florin/sealed-secrets';
import type { Redis } from 'ioredis';
import { judgeOtp, type LoginChallenge, type OtpVerdict, otpTtlMs } from '../domain/otp.js';

/** Logins that wait for their one-time code, in Redis. A customer has one at most: a newer one voids the older. */
export interface LoginChallenges {
  /** Stores a challenge and returns the code, which must go to the customer's phone and nowhere else. */
  create(challengeId: string, customerId: string): Promise<{ code: string; expiresAt: number }>;
  /** Consumes one attempt; a challenge is accepted once. */
  answer(challengeId: string, code: string): Promise<ChallengeAnswer>;
  /** Voids what waits for a customer, because the password that it began with is not valid any more. */
  discard(customerId: string): Promise<void>;
}

export type ChallengeAnswer =
  | { readonly verdict: 'accepted'; readonly customerId: string }
  /** `customerId` is undefined when nothing is left of the challenge. */
  | { readonly verdict: Exclude<OtpVerdict, 'accepted'>; readonly customerId: string | undefined };

/**
 * Counts an attempt and reads the challenge in one step. Without the EXISTS an attempt at an expired challenge would
 * create a counter that never expires.
 */
const takeAttempt = `
if redis.call('EXISTS', KEYS[1]) == 0 then return {} end
local attempt = redis.call('HINCRBY', KEYS[1], 'attempts', 1)
local challenge = redis.call('HMGET', KEYS[1], 'customerId', 'codeHash', 'expiresAt')
return {tostring(attempt), challenge[1], challenge[2], challenge[3]}`;

export function createLoginChallenges(options: {
  redis: Redis;
  sealKey: string;
  keyPrefix: string;
  clock: Clock;
}): LoginChallenges {
  const { redis, clock } = options;
  // A key of its own: with a plain hash, whoever can read Redis tries the million codes in a second.
  const key = Buffer.from(hkdfSync('sha256', parseSealKey(options.sealKey), '', 'florin login code', 32));
  const redisKey = (id: string): string => `${options.keyPrefix}login-challenge:${id}`;
  /** Names the one challenge of a customer that counts. */
  const latestKey = (customerId: string): string => `${options.keyPrefix}login-latest:${customerId}`;
  const hashOf = (id: string, code: string): Buffer =>
    createHmac('sha256', key).update(`${id} ${code}`).digest();

  return {
    async create(challengeId, customerId) {
      const code = String(randomInt(1_000_000)).padStart(6, '0');
      const expiresAt = clock.now() + otpTtlMs;
      const challenge: LoginChallenge = {
        customerId,
        codeHash: hashOf(challengeId, code).toString('base64'),
        expiresAt,
      };
      const stored = await redis
        .multi()
        .hset(redisKey(challengeId), { ...challenge, attempts: 0 })
        .pexpire(redisKey(challengeId), otpTtlMs)
        .exec();
      for (const [error] of stored ?? []) if (error) throw error;
      // Only now does it count, and the one before does not any more. Commands for one key each, so that the keys may
      // lie on several nodes; a crash in between leaves a challenge that nobody can answer.
      const before = await redis.set(latestKey(customerId), challengeId, 'PX', otpTtlMs, 'GET');
      if (before !== null) await redis.del(redisKey(before));
      return { code, expiresAt };
    },

    async answer(challengeId, code) {
      const reply = (await redis.eval(takeAttempt, 1, redisKey(challengeId))) as string[];
      const [attempt, customerId, codeHash, expiresAt] = reply;
      if (!attempt || !customerId || !codeHash || !expiresAt) {
        return { verdict: 'expired', customerId: undefined };
      }
      if ((await redis.get(latestKey(customerId))) !== challengeId) return { verdict: 'expired', customerId };
      const matches = timingSafeEqual(hashOf(challengeId, code), Buffer.from(codeHash, 'base64'));
      const challenge = { customerId, codeHash, expiresAt: Number(expiresAt) };
      const verdict = judgeOtp(challenge, Number(attempt), matches, clock.now());
      if (verdict !== 'accepted') return { verdict, customerId };
      // Two right answers at once: the one that deletes the challenge wins.
      const won = (await redis.del(redisKey(challengeId))) === 1;
      return { verdict: won ? verdict : 'expired', customerId };
    },

    async discard(customerId) {
      const latest = await redis.getdel(latestKey(customerId));
      if (latest !== null) await redis.del(redisKey(latest));
    },
  };
}
