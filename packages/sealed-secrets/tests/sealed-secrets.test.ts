import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { createSealedSecrets, localSealKey, parseSealKey, SealedSecretError } from '../src/index.js';

let redis: Redis;
beforeAll(() => {
  redis = new Redis(process.env.REDIS_URL!);
});
afterAll(() => redis.quit());

describe('sealed secrets', () => {
  test('a sealed value opens by its reference, again and again, until it is discarded', async () => {
    const secrets = createSealedSecrets({ redis, key: localSealKey });
    const ref = await secrets.seal('482913', 60);
    expect(await secrets.open(ref)).toBe('482913');
    expect(await secrets.open(ref)).toBe('482913');
    await secrets.discard(ref);
    expect(await secrets.open(ref)).toBeUndefined();
  });

  test('Redis holds no readable secret, and forgets it by itself', async () => {
    const secrets = createSealedSecrets({ redis, key: localSealKey });
    const ref = await secrets.seal('very-secret-token', 60);
    const key = `florin:sealed:${ref}`;
    expect((await redis.getBuffer(key))?.includes('very-secret-token')).toBe(false);
    expect(await redis.ttl(key)).toBeGreaterThan(0);
    expect(await redis.ttl(key)).toBeLessThanOrEqual(60);
  });

  test('equal values look different in Redis', async () => {
    const secrets = createSealedSecrets({ redis, key: localSealKey });
    const [one, other] = await Promise.all([secrets.seal('123456', 60), secrets.seal('123456', 60)]);
    const stored = await redis.mgetBuffer(`florin:sealed:${one}`, `florin:sealed:${other}`);
    expect(stored[0]?.equals(stored[1] as Buffer)).toBe(false);
  });

  test('another key does not open it', async () => {
    const ref = await createSealedSecrets({ redis, key: localSealKey }).seal('123456', 60);
    const stranger = createSealedSecrets({ redis, key: randomBytes(32).toString('hex') });
    await expect(stranger.open(ref)).rejects.toMatchObject({ code: 'seal-broken', retryable: false });
  });

  test('a value that was altered or moved to another reference does not open', async () => {
    const secrets = createSealedSecrets({ redis, key: localSealKey });
    const [one, other] = await Promise.all([secrets.seal('123456', 60), secrets.seal('654321', 60)]);
    await redis.copy(`florin:sealed:${one}`, `florin:sealed:${other}`, 'REPLACE');
    await expect(secrets.open(other)).rejects.toThrow(SealedSecretError);
    const bytes = (await redis.getBuffer(`florin:sealed:${one}`)) as Buffer;
    bytes.writeUInt8(bytes.readUInt8(bytes.length - 1) ^ 1, bytes.length - 1);
    await redis.set(`florin:sealed:${one}`, bytes, 'EX', 60);
    await expect(secrets.open(one)).rejects.toMatchObject({ code: 'seal-broken' });
  });
});

describe('parseSealKey', () => {
  test.each([
    ['base64', randomBytes(32).toString('base64')],
    ['base64url', randomBytes(32).toString('base64url')],
    ['hex', randomBytes(32).toString('hex')],
  ])('takes 32 bytes in %s', (_form, text) => {
    expect(parseSealKey(text)).toHaveLength(32);
  });

  test.each(['', 'secret', randomBytes(16).toString('hex'), randomBytes(33).toString('base64')])(
    'refuses %p without repeating it',
    (text) => {
      expect(() => parseSealKey(text)).toThrow('SEAL_KEY must be 32 bytes in base64 or hex');
    },
  );
});
