import { createLogger, createMetrics } from '@florin/observability';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { eventually } from '../../../test/story/eventually.js';
import { readConfig } from '../src/config.js';
import { createRateLimiter, type RunningRateLimiter } from '../src/rate-limits/create-rate-limiter.js';
import { createRedis } from '../src/redis.js';
import { type OwnRedis, startOwnRedis } from './own-redis.js';

const logger = createLogger({ service: 'edge', level: 'silent' });
let redis: OwnRedis;
let running: RunningRateLimiter[];

beforeEach(async () => {
  redis = await startOwnRedis();
  running = [];
});
afterEach(async () => {
  for (const limiter of running) limiter.stop();
  await redis.close();
});

/** As many edges as that, which know each other only through Redis. */
async function limiters(count: number, reads: string) {
  const config = readConfig({ NODE_ENV: 'test', RATE_LIMIT_READS: reads });
  const start = async () => {
    const metrics = createMetrics('edge');
    const limiter = createRateLimiter({ redis: createRedis(redis.url, logger), config, logger, metrics });
    await limiter.start();
    running.push(limiter);
    const isLocal = async (): Promise<boolean> =>
      (await metrics.getSingleMetric('florin_rate_limit_local')!.get()).values[0]?.value === 1;
    const take = (caller: string) => limiter.limiter.take('reads', caller);
    return { take, isLocal };
  };
  const started = await Promise.all(Array.from({ length: count }, start));
  for (const [i, { take, isLocal }] of started.entries()) {
    await eventually('the limiter to share its quotas', async () => {
      await take(`warm-up-${i}`);
      return (await isLocal()) ? undefined : true;
    });
  }
  return started;
}

const admittedOf = async (verdicts: readonly unknown[]): Promise<number> =>
  (await Promise.all(verdicts as Promise<{ admitted: boolean }>[])).filter(({ admitted }) => admitted).length;

describe('a quota that two instances share', () => {
  test('of a slow rate is kept to the call', async () => {
    const [one, other] = await limiters(2, '40/1h');
    const verdicts = Array.from({ length: 60 }, (_, i) => (i % 2 === 0 ? one : other)!.take('ada'));
    expect(await admittedOf(verdicts)).toBe(40);
    const refused = await one!.take('ada');
    expect(refused).toMatchObject({ admitted: false, remaining: 0 });
    // A fortieth of an hour gives one call back, and an hour all of them.
    expect(refused.retryAfterSeconds).toBeGreaterThan(60);
    expect(refused.retryAfterSeconds).toBeLessThanOrEqual(90);
    expect(refused.resetSeconds).toBeGreaterThan(3_400);
    expect((await other!.take('grace')).admitted).toBe(true);
  });

  test('of a fast rate is kept, and hardly any call asks Redis', async () => {
    const [one, other] = await limiters(2, '20000/10s');
    const startedAt = performance.now();
    let [admitted, asked] = [0, 0];
    for (let i = 0; i < 30_000; i++) {
      const verdict = (i % 2 === 0 ? one : other)!.take('ada');
      if (verdict instanceof Promise) asked++;
      if ((await verdict).admitted) admitted++;
    }
    const givenBack = (performance.now() - startedAt) * 2;
    const lease = 20;
    expect(admitted).toBeGreaterThanOrEqual(20_000 - 2 * lease);
    expect(admitted).toBeLessThanOrEqual(20_000 + givenBack + 2 * lease);
    expect(asked).toBeLessThan(3_000);
  });
});

test('when Redis freezes, one call waits a moment and none after it, and the limit holds', async () => {
  const [edge] = await limiters(1, '40/1h');
  expect((await edge!.take('ada')).admitted).toBe(true);
  redis.freeze();
  const startedAt = performance.now();
  await edge!.take('ada');
  expect(performance.now() - startedAt).toBeLessThan(1_500);
  expect(await edge!.isLocal()).toBe(true);
  const verdicts = Array.from({ length: 60 }, () => edge!.take('grace'));
  expect(verdicts.some((verdict) => verdict instanceof Promise)).toBe(false);
  expect(await admittedOf(verdicts)).toBe(40);
  redis.thaw();
  await eventually('the quota to be shared again', async () => {
    await edge!.take('somebody');
    return (await edge!.isLocal()) ? undefined : true;
  });
  // What was taken here while Redis was away is not held against anybody.
  expect((await edge!.take('hopper')).admitted).toBe(true);
});

test('when Redis is killed, the limit holds', async () => {
  const [edge] = await limiters(1, '40/1h');
  await redis.kill();
  const verdicts = Array.from({ length: 60 }, () => edge!.take('ada'));
  expect(await admittedOf(verdicts)).toBe(40);
  expect(await edge!.isLocal()).toBe(true);
});
