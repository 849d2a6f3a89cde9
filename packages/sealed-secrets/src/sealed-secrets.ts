import type { Redis } from 'ioredis';
import { v4 as uuidv4 } from 'uuid';
import { decrypt, encrypt } from './encryption.js';
import { SealedSecretError } from './sealed-secret-error.js';

export interface SealedSecretsOptions {
  readonly redis: Redis;
  /** `SEAL_KEY`: 32 bytes as base64 or hex, the same in every service that seals or opens. */
  readonly key: string;
}

/**
 * A claim check (Hohpe and Woolf, Enterprise Integration Patterns) for one-time secrets: the secret waits encrypted
 * in Redis, and only its reference travels in messages, logs and dead letters.
 */
export interface SealedSecrets {
  /** Stores `value` encrypted for `ttlSeconds` and returns its reference, a UUID. */
  seal(value: string, ttlSeconds: number): Promise<string>;
  /**
   * The secret, or undefined when it has expired or was discarded. It stays readable until then, because a delivery
   * that fails is tried again.
   * @throws SealedSecretError when the stored bytes were altered or the key is another one
   */
  open(ref: string): Promise<string | undefined>;
  discard(ref: string): Promise<void>;
}

/**
 * Default of `SEAL_KEY` for local use, shared by all services. It is public, so name `SEAL_KEY` among the secrets given
 * to `parseConfig`, which refuses to start without an own value in production.
 */
export const localSealKey = 'bG9jYWwtZGV2ZWxvcG1lbnQtc2VhbC1rZXktMzJieXQ=';

// References are random, so installations that share a Redis server need no prefix of their own.
const redisKey = (ref: string): string => `florin:sealed:${ref}`;

export function createSealedSecrets(options: SealedSecretsOptions): SealedSecrets {
  const { redis } = options;
  const key = parseSealKey(options.key);

  return {
    async seal(value, ttlSeconds) {
      // A random reference, not a time-ordered one: knowing one must not help to guess another.
      const ref = uuidv4();
      await redis.set(redisKey(ref), encrypt(key, ref, value), 'EX', ttlSeconds);
      return ref;
    },
    async open(ref) {
      const sealed = await redis.getBuffer(redisKey(ref));
      return sealed === null ? undefined : decrypt(key, ref, sealed);
    },
    async discard(ref) {
      await redis.del(redisKey(ref));
    },
  };
}

/** @throws SealedSecretError when `text` is not 32 bytes in base64, base64url or hex */
export function parseSealKey(text: string): Buffer {
  const key = /^[0-9a-f]{64}$/i.test(text) ? Buffer.from(text, 'hex') : Buffer.from(text, 'base64');
  if (key.length !== 32) {
    throw new SealedSecretError('seal-key-invalid', 'SEAL_KEY must be 32 bytes in base64 or hex');
  }
  return key;
}
