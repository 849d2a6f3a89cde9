import { randomBytes } from 'node:crypto';
import { clientNetwork, Problem } from '@florin/http';
import { Histogram, type Registry } from '@florin/observability';
import { hash, verify } from '@node-rs/argon2';
import { hashParameters, isOutdatedHash } from '../domain/password-hash.js';
import { Slots } from './slots.js';

/** What surrounds one guess, see `LoginGuard`. */
export interface GuessGuard {
  /** From where the guess comes. */
  readonly ip: string;
  admit(): Promise<void>;
  failed(): Promise<void>;
}

/** Hashes and checks passwords on the thread pool, away from the event loop. */
export interface Passwords {
  /**
   * @param ip from where it was asked for: one network can hold no more than its part of the queue
   * @throws Problem 503 when too many calls wait already, 429 when too many of this network do
   */
  hash(password: string, ip: string): Promise<string>;
  /**
   * Judges a guess. With an undefined hash it does the same work and answers false, so that time does not tell who
   * exists. The guard is asked and told while the guess has its slot: however many guesses arrive at once, no more of
   * them than there are slots are made before a failure counts.
   * @throws Problem 503 and 429 like `hash`, and whatever `guard.admit` throws
   */
  matches(passwordHash: string | undefined, password: string, guard: GuessGuard): Promise<boolean>;
  /** True when the hash was made with other parameters than today's. */
  isOutdated(passwordHash: string): boolean;
}

/** A few seconds' worth: who comes later would have given up before being served. */
const maxWaiting = 500;

/**
 * @param options.threads of libuv's pool
 * @param options.maxWaitingEach calls of one network that may wait
 */
export function createPasswords(options: {
  metrics: Registry;
  threads: number;
  maxWaitingEach: number;
}): Passwords {
  // A hash occupies a thread for its whole time; one is left to the signatures and files of everybody else.
  const slots = new Slots(
    { count: Math.max(1, options.threads - 1), maxWaiting, maxWaitingEach: options.maxWaitingEach },
    { full: busy, fullForParty: busyNetwork },
  );
  const durations = new Histogram({
    name: 'florin_password_hash_duration_seconds',
    help: 'Time of one argon2id computation',
    labelNames: ['operation'],
    buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1],
    registers: [options.metrics],
  });
  async function timed<T>(operation: 'hash' | 'verify', work: () => Promise<T>): Promise<T> {
    const end = durations.startTimer({ operation });
    try {
      return await work();
    } finally {
      end();
    }
  }
  const hashed = (password: string | Uint8Array) => timed('hash', () => hash(password, hashParameters));
  // Made at the start: were it made on demand, the first unknown email would take twice as long to refuse.
  const nobody = hashed(randomBytes(16));

  return {
    hash: (password, ip) => slots.run(clientNetwork(ip), () => hashed(password)),
    matches: (passwordHash, password, guard) =>
      slots.run(clientNetwork(guard.ip), async () => {
        await guard.admit();
        const against = passwordHash ?? (await nobody);
        const right = await timed('verify', () => verify(against, password));
        const matches = right && passwordHash !== undefined;
        if (!matches) await guard.failed();
        return matches;
      }),
    isOutdated: isOutdatedHash,
  };
}

function busy(): Problem {
  return new Problem(503, 'temporarily-unavailable', 'Too many logins at once; try again in a moment.', {
    headers: { 'Retry-After': '2' },
  });
}

function busyNetwork(): Problem {
  return new Problem(
    429,
    'rate-limited',
    'Too many logins of your network wait already; try again in a moment.',
    {
      headers: { 'Retry-After': '2' },
    },
  );
}
