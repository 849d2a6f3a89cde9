import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { eventually } from '../../../../test/story/eventually.js';
import { type OwnRedis, startOwnRedis } from '../own-redis.js';
import { CacheFixture, outcomes } from './cache-fixture.js';

let redis: OwnRedis;
let fixture: CacheFixture;
let one: Awaited<ReturnType<CacheFixture['instance']>>;
let other: typeof one;

beforeEach(async () => {
  redis = await startOwnRedis();
  fixture = await CacheFixture.create({ redisUrl: redis.url, answerMs: 1_000 });
  one = await fixture.instance();
  other = await fixture.instance();
  await eventually('both to read from the cache', async () => {
    await fixture.balance(one);
    await fixture.balance(other);
    const counts = await Promise.all([one, other].map(outcomes));
    return counts.every(({ hit = 0 }) => hit > 0) ? true : undefined;
  });
});
afterEach(async () => {
  await fixture.close();
  await redis.close();
});

const isDown = async ({ metrics }: typeof one) => /^florin_read_cache_down 1$/m.test(await metrics.metrics());

test('a Redis that has frozen keeps one call waiting, and forgets what it was not told', async () => {
  redis.freeze();
  try {
    expect(await fixture.balance(one)).toBe(0);
    expect(await isDown(one)).toBe(true);
    // Of a hundred reads that follow none asks it: each would wait for a second in turn.
    const before = (await outcomes(one)).bypass ?? 0;
    for (let i = 0; i < 100; i++) expect(await fixture.balance(one)).toBe(0);
    expect((await outcomes(one)).bypass).toBe(before + 100);
    (await fixture.change(one, 7)).committed();
    expect(await fixture.balance(one)).toBe(7);
  } finally {
    redis.thaw();
  }
  await eventually('the cache to be used again', async () => ((await isDown(one)) ? undefined : true));
  // The old balance lives for 30 seconds, and nobody could remove it in time.
  await eventually('the other to read the new balance', async () =>
    (await fixture.balance(other)) === 7 ? true : undefined,
  );
  await eventually('a hit', async () => {
    const { hit = 0 } = await outcomes(one);
    expect(await fixture.balance(one)).toBe(7);
    return ((await outcomes(one)).hit ?? 0) > hit ? true : undefined;
  });
});

test('without Redis reads and changes go on', async () => {
  await redis.kill();
  for (const cache of [one, other]) expect(await fixture.balance(cache)).toBe(0);
  (await fixture.change(one, 3)).committed();
  for (const cache of [one, other]) expect(await fixture.balance(cache)).toBe(3);
});
