import { createApiKey, hashApiKey } from '@florin/contracts';
import { createDatabase, type Database } from '@florin/database';
import { Problem } from '@florin/http';
import { createLogger } from '@florin/observability';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../../../test/env/test-database.js';
import { eventually } from '../../../test/story/eventually.js';
import { type ApiKeyNews, createApiKeyNews } from '../src/auth/api-key-news.js';
import { ApiKeyRegistry } from '../src/auth/api-key-registry.js';
import { localAdminKey, localOperatorKey } from '../src/auth/local-api-keys.js';
import { createRedis } from '../src/redis.js';
import { storeApiKey } from './api-key-fixture.js';

const logger = createLogger({ service: 'edge', level: 'silent' });
const noon = Date.parse('2026-11-21T12:00:00Z');
let now = noon;
const clock = { now: () => now };
let testDatabase: TestDatabase;
let database: Database;
let news: ApiKeyNews;
const redis = createRedis(process.env.REDIS_URL!, logger);
const registries: ApiKeyRegistry[] = [];

beforeAll(async () => {
  testDatabase = await createTestDatabase('edge');
  database = createDatabase({ url: testDatabase.url, applicationName: 'keys', maxConnections: 4, logger });
  await redis.connect();
  news = createApiKeyNews({ redis, channel: `keys-${process.pid}-${Date.now()}`, logger });
  await news.start();
});
afterEach(async () => {
  now = noon;
  for (const registry of registries.splice(0)) await registry.stop();
});
afterAll(async () => {
  news.stop();
  redis.disconnect();
  await database.close();
  await testDatabase.drop();
});

function newRegistry(isProduction = false, from = database): ApiKeyRegistry {
  const registry = new ApiKeyRegistry({ pool: from.pool, news, clock, logger, isProduction });
  registries.push(registry);
  return registry;
}

describe('a key', () => {
  test('works until the last millisecond before its expiry, in memory or not', async () => {
    const { key } = await storeApiKey(database.pool, ['a'], { expiresAt: new Date(noon + 1_000) });
    const registry = newRegistry();
    now = noon + 999;
    expect(await registry.callerOf(key)).toMatchObject({ scopes: new Set(['a']) });
    now = noon + 1_000;
    expect(await registry.callerOf(key)).toBeUndefined();
    expect(await newRegistry().callerOf(key)).toBeUndefined();
  });

  test('in its overlap works until the last millisecond of it', async () => {
    const { id, key } = await storeApiKey(database.pool, ['a']);
    await database.pool.query(
      `UPDATE api_keys SET previous_key_hash = key_hash, previous_prefix = prefix, previous_expires_at = $2,
         key_hash = $3 WHERE id = $1`,
      [id, new Date(noon + 1_000), createApiKey().hash],
    );
    now = noon + 999;
    expect(await newRegistry().callerOf(key)).toMatchObject({ keyId: id, expiresAt: noon + 1_000 });
    now = noon + 1_000;
    expect(await newRegistry().callerOf(key)).toBeUndefined();
  });

  test('with a typing error is refused without a look-up', async () => {
    const { key } = createApiKey();
    const registry = newRegistry();
    await database.pool.query(
      `INSERT INTO api_keys (id, name, prefix, key_hash, scopes, created_at)
       VALUES (gen_random_uuid(), 'x', 'x', $1, '{a}', now())`,
      [hashApiKey(`${key}x`)],
    );
    expect(await registry.callerOf(`${key}x`)).toBeUndefined();
  });

  test.each([localAdminKey, localOperatorKey])(
    '%s, that everybody knows, opens nothing in production, even when the database has it',
    async (known) => {
      await database.pool.query(
        `INSERT INTO api_keys (id, name, prefix, key_hash, scopes, created_at)
       VALUES (gen_random_uuid(), 'x', 'x', $1, '{*}', now())`,
        [hashApiKey(known)],
      );
      expect(await newRegistry().callerOf(known)).toMatchObject({ scopes: new Set(['*']) });
      expect(await newRegistry(true).callerOf(known)).toBeUndefined();
    },
  );
});

describe('a revocation', () => {
  const revokeSilently = (id: string) =>
    database.pool.query('UPDATE api_keys SET revoked_at = now() WHERE id = $1', [id]);

  test('that nobody tells of takes effect within a second, while the key is in use', async () => {
    const registry = newRegistry();
    registry.start();
    const { id, key } = await storeApiKey(database.pool, ['a']);
    expect(await registry.callerOf(key)).toBeDefined();
    await revokeSilently(id);
    const revokedAt = performance.now();
    await eventually('the end of the key', async () => ((await registry.callerOf(key)) ? undefined : true));
    expect(performance.now() - revokedAt).toBeLessThan(1_000);
  });

  test('that is told takes effect at once, also for a look-up that has begun', async () => {
    const registry = newRegistry();
    const { id, key } = await storeApiKey(database.pool, ['a']);
    const begun = registry.callerOf(key);
    await revokeSilently(id);
    await news.announce([id]);
    await begun;
    expect(await registry.callerOf(key)).toBeUndefined();
  });
});

describe('a flood of unknown keys', () => {
  test('shares statements, and what lies beyond the queue is told to come back', async () => {
    // One connection: a second statement at the same time would have to wait for it, and the pool says so.
    const narrow = createDatabase({
      url: testDatabase.url,
      applicationName: 'flood',
      maxConnections: 1,
      logger,
    });
    let statements = 0;
    let mostWaiting = 0;
    narrow.pool.on('acquire', () => {
      statements += 1;
      mostWaiting = Math.max(mostWaiting, narrow.pool.waitingCount);
    });
    const registry = newRegistry(false, narrow);
    const outcomes = await Promise.all(
      Array.from({ length: 8_000 }, () =>
        registry.callerOf(createApiKey().key).catch((error: unknown) => error),
      ),
    );
    expect(outcomes.filter((outcome) => outcome === undefined)).toHaveLength(5_000);
    const refused = outcomes.filter((outcome) => outcome instanceof Problem);
    expect(refused).toHaveLength(3_000);
    expect(refused[0]).toMatchObject({ status: 503, code: 'overloaded' });
    expect([statements, mostWaiting]).toEqual([10, 0]);
    await narrow.close();
  });

  test('of one key is one look-up, and the next one is answered from memory', async () => {
    const registry = newRegistry();
    const { key } = createApiKey();
    const callers = await Promise.all(Array.from({ length: 6_000 }, () => registry.callerOf(key)));
    expect(new Set(callers)).toEqual(new Set([undefined]));
    // It was looked up before it was stored, and is not looked up again so soon.
    await database.pool.query(
      `INSERT INTO api_keys (id, name, prefix, key_hash, scopes, created_at)
       VALUES (gen_random_uuid(), 'x', 'x', $1, '{a}', now())`,
      [hashApiKey(key)],
    );
    expect(await registry.callerOf(key)).toBeUndefined();
  });
});
