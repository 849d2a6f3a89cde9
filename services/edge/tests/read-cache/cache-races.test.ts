import { randomInt } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { eventually } from '../../../../test/story/eventually.js';
import { CacheFixture, outcomes } from './cache-fixture.js';

let fixture: CacheFixture;
let redis: Redis;
let one: Awaited<ReturnType<CacheFixture['instance']>>;
let other: typeof one;
let next = 0;

beforeAll(async () => {
  fixture = await CacheFixture.create();
  redis = new Redis(process.env.REDIS_URL!);
  one = await fixture.instance();
  other = await fixture.instance();
});
afterAll(async () => {
  redis.disconnect();
  await fixture.close();
});

const key = () => `${fixture.keyPrefix}{cache}:wallet:${fixture.id}`;
const stored = async () => (await redis.get(key()))?.[0];
const untilStored = () =>
  eventually('a value to be stored', async () => {
    await fixture.balance(one);
    return (await stored()) === '=' ? true : undefined;
  });
const freed = () =>
  eventually('the key to be free', async () => ((await stored()) === '!' ? undefined : true));

/** Every test begins with a balance of its own, in the cache. */
beforeEach(async () => {
  next += 10;
  await redis.del(key(), `${fixture.keyPrefix}{cache}:generation`);
  (await fixture.change(one, next)).committed();
  await freed();
  await untilStored();
});

describe('an object that nobody changes', () => {
  test('is read from the database once, whoever reads it', async () => {
    const before = await outcomes(other);
    for (let i = 0; i < 5; i++) expect(await fixture.balance(other)).toBe(next);
    expect((await outcomes(other)).hit).toBe((before.hit ?? 0) + 5);
  });

  test('is kept for a bounded time', async () => {
    const ttl = await redis.pttl(key());
    expect(ttl).toBeGreaterThan(0);
    expect(ttl).toBeLessThanOrEqual(30_000);
  });
});

describe('a change', () => {
  test('is seen by the next read, on every instance', async () => {
    (await fixture.change(one, next + 1)).committed();
    expect(await fixture.balance(one)).toBe(next + 1);
    expect(await fixture.balance(other)).toBe(next + 1);
    await freed();
    await untilStored();
    expect(await fixture.balance(other)).toBe(next + 1);
  });

  test('is not undone by a read that began before it and ends after it', async () => {
    await redis.del(key());
    const late = fixture.balance(other, async () => {
      (await fixture.change(one, next + 1)).committed();
      await freed();
    });
    // It has read what was true when it began.
    expect(await late).toBe(next);
    for (const cache of [one, other]) expect(await fixture.balance(cache)).toBe(next + 1);
    await untilStored();
    for (const cache of [one, other]) expect(await fixture.balance(cache)).toBe(next + 1);
  });

  test('is not undone by a read between the word to the cache and the commit', async () => {
    const change = await fixture.change(one, next + 1, async () => {
      for (const cache of [one, other]) expect(await fixture.balance(cache)).toBe(next);
      expect(await stored()).toBe('!');
    });
    expect(await fixture.balance(other)).toBe(next + 1);
    change.committed();
    expect(await fixture.balance(other)).toBe(next + 1);
  });

  test('is seen although its process died right after the commit', async () => {
    await fixture.change(one, next + 1);
    for (const cache of [one, other]) expect(await fixture.balance(cache)).toBe(next + 1);
    expect(await stored()).toBe('!');
  });

  test('that is rolled back leaves what was there', async () => {
    const failing = fixture.change(one, next + 1, () => Promise.reject(new Error('rolled back')));
    await expect(failing).rejects.toThrow('rolled back');
    for (const cache of [one, other]) expect(await fixture.balance(cache)).toBe(next);
  });

  test('does not free what another one has taken meanwhile', async () => {
    const first = await fixture.change(one, next + 1);
    await fixture.change(other, next + 2, async () => {
      first.committed();
      // The answer to a command behind it on the same connection: the first has been told.
      await one.invalidate({ afterCommit: () => undefined }, [{ kind: 'wallet', id: 'another' }]);
      expect(await fixture.balance(one)).toBe(next + 1);
      expect(await stored()).toBe('!');
    });
    expect(await fixture.balance(one)).toBe(next + 2);
  });

  test('whose block expired before the commit removes what was stored in between', async () => {
    const change = await fixture.change(one, next + 1, async () => {
      await redis.del(key());
      await untilStored();
    });
    expect(await stored()).toBe('=');
    change.committed();
    await eventually('the new balance', async () =>
      (await fixture.balance(other)) === next + 1 ? true : undefined,
    );
  });
});

describe('an exchange of everything', () => {
  test('is not undone by a read that began before it or during it', async () => {
    await redis.del(key());
    const early = fixture.balance(other, async () => {
      const exchanged = await one.invalidateAll();
      await fixture.balance(one);
      await fixture.database.pool.query('UPDATE wallets SET posted = $2 WHERE id = $1', [
        fixture.id,
        next + 1,
      ]);
      await exchanged();
    });
    expect(await early).toBe(next);
    for (const cache of [one, other]) expect(await fixture.balance(cache)).toBe(next + 1);
  });

  test('makes worthless what was stored before', async () => {
    const exchanged = await one.invalidateAll();
    await fixture.database.pool.query('UPDATE wallets SET posted = $2 WHERE id = $1', [fixture.id, next + 1]);
    expect(await fixture.balance(other)).toBe(next + 1);
    await exchanged();
    expect(await fixture.balance(other)).toBe(next + 1);
    await untilStored();
    expect(await fixture.balance(other)).toBe(next + 1);
  });
});

test('whatever happens at once, nobody reads what was true before he began', async () => {
  const seed = randomInt(2 ** 31);
  let state = seed;
  const random = (): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return state / 2 ** 32;
  };
  const pause = async () => {
    for (let turns = Math.floor(random() * 6); turns > 0; turns--) await turn();
  };
  let committed = next;
  let changes = 0;
  const caches = [one, other, await fixture.instance()];
  const anyone = () => caches[Math.floor(random() * caches.length)]!;
  const stale: string[] = [];
  // Enough for a thousand reads; a slow machine gets less far.
  const endsAt = Date.now() + 10_000;
  const isOver = () => changes >= 200 || Date.now() > endsAt;
  const write = async (): Promise<void> => {
    while (!isOver()) {
      const wanted = next + ++changes;
      const change = await fixture.change(anyone(), wanted, pause);
      committed = wanted;
      await pause();
      if (random() < 0.95) change.committed();
      // Else its process has died, and the block has expired.
      else await redis.del(key());
    }
  };
  const read = async (): Promise<void> => {
    while (!isOver()) {
      await pause();
      const floor = committed;
      const seen = await fixture.balance(anyone(), pause);
      if (seen < floor) stale.push(`saw ${seen} after ${floor}, seed ${seed}`);
    }
  };
  await Promise.all([write(), ...Array.from({ length: 8 }, read)]);
  expect(stale).toEqual([]);
  next = committed;
  const reads = await Promise.all(caches.map(outcomes));
  const total = (name: string) => reads.reduce((sum, counts) => sum + (counts[name] ?? 0), 0);
  expect(total('hit')).toBeGreaterThan(0);
  expect(total('miss')).toBeGreaterThan(0);
});
