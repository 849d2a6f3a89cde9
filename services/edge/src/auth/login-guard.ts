import { clientNetwork, Problem } from '@florin/http';
import type { Clock } from '@florin/observability';
import type { Redis } from 'ioredis';
import { accountLockout, type LockoutRule, lockMsAfter, networkLockout } from '../domain/lockout.js';
import type { KeyedHash } from './keyed-hash.js';

/** Who tries a password: the email as it was typed, known or not, and the address of the client. */
export interface LoginAttempt {
  readonly email: string;
  readonly ip: string;
}

/**
 * Slows down guessing of passwords. It knows accounts by their email only, and treats one that does not exist like any
 * other, so that a lock tells nobody who is registered.
 */
export interface LoginGuard {
  /** @throws Problem 429 `login-locked` */
  admit(attempt: LoginAttempt): Promise<void>;
  failed(attempt: LoginAttempt): Promise<void>;
  /** The password was right. */
  succeeded(attempt: LoginAttempt): Promise<void>;
  /** The whole login was right: from now on failures elsewhere do not lock this network out. */
  trust(attempt: LoginAttempt): Promise<void>;
  /** Whether the account was signed in to, or recovered, from this network lately. */
  isTrusted(attempt: LoginAttempt): Promise<boolean>;
  /** The owner has set a new password by mail: the locks end, and failures elsewhere do not lock this network out. */
  recovered(attempt: LoginAttempt): Promise<void>;
  /** Forgets what is known about an account. */
  forget(email: string): Promise<void>;
}

const trustedForMs = 30 * 24 * 3_600_000;
const maxTrustedNetworks = 20;

/** Counts a failure. The window starts with the first one, or anew with each. */
const countFailure = `
local failures = redis.call('HINCRBY', KEYS[1], 'failures', 1)
if failures == 1 or ARGV[2] == '1' then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return failures`;

export function createLoginGuard(options: {
  redis: Redis;
  hash: KeyedHash;
  keyPrefix: string;
  clock: Clock;
  /** Wrong passwords for one account from one network before it is locked for that network. */
  allowedFailures: number;
}): LoginGuard {
  const { redis, hash, clock } = options;
  const rules = {
    network: networkLockout(options.allowedFailures),
    account: accountLockout(options.allowedFailures),
  };
  const keysOf = ({ email, ip }: LoginAttempt) => {
    const account = hash('login account', email);
    const network = hash('login network', clientNetwork(ip));
    const base = `${options.keyPrefix}login-failures:${account}`;
    return { account: base, pair: `${base}:${network}`, trusted: trustedKey(email), network };
  };
  const trustedKey = (email: string): string =>
    `${options.keyPrefix}login-networks:${hash('login account', email)}`;

  async function count(key: string, rule: LockoutRule): Promise<void> {
    const failures = (await redis.eval(countFailure, 1, key, rule.windowMs, rule.sliding ? 1 : 0)) as number;
    const lockMs = lockMsAfter(failures, rule);
    if (lockMs > 0) await redis.hset(key, 'lockedUntil', clock.now() + lockMs);
  }

  async function isTrusted(attempt: LoginAttempt): Promise<boolean> {
    const { trusted, network } = keysOf(attempt);
    const since = await redis.zscore(trusted, network);
    return since !== null && clock.now() - Number(since) < trustedForMs;
  }

  async function trust(attempt: LoginAttempt): Promise<void> {
    const { trusted, network } = keysOf(attempt);
    await redis.zadd(trusted, clock.now(), network);
    await redis.zremrangebyrank(trusted, 0, -maxTrustedNetworks - 1);
    await redis.pexpire(trusted, trustedForMs);
  }

  return {
    isTrusted,
    trust,
    async admit(attempt) {
      const keys = keysOf(attempt);
      const [pair, account, trusted] = await Promise.all([
        redis.hget(keys.pair, 'lockedUntil'),
        redis.hget(keys.account, 'lockedUntil'),
        isTrusted(attempt),
      ]);
      const now = clock.now();
      const lockedUntil = Math.max(Number(pair), trusted ? 0 : Number(account));
      if (lockedUntil > now) throw locked(lockedUntil - now);
    },
    async failed(attempt) {
      const keys = keysOf(attempt);
      await Promise.all([count(keys.pair, rules.network), count(keys.account, rules.account)]);
    },
    async succeeded(attempt) {
      await redis.del(keysOf(attempt).pair);
    },
    async recovered(attempt) {
      const { pair, account } = keysOf(attempt);
      await Promise.all([redis.del(pair), redis.del(account), trust(attempt)]);
    },
    async forget(email) {
      // What is counted for a network ends by itself within half an hour, and names nobody.
      const { account, trusted } = keysOf({ email, ip: '' });
      await Promise.all([redis.del(account), redis.del(trusted)]);
    },
  };
}

function locked(remainingMs: number): Problem {
  return new Problem(429, 'login-locked', 'Too many wrong passwords; wait a while before you try again.', {
    headers: { 'Retry-After': String(Math.ceil(remainingMs / 1_000)) },
  });
}
