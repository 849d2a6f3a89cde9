import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { grant, parseRate } from './rate.js';

test.each([
  ['10000/1s', { quota: 10_000, windowMs: 1_000 }],
  ['5/10m', { quota: 5, windowMs: 600_000 }],
  ['1/250ms', { quota: 1, windowMs: 250 }],
  ['0/1s', undefined],
  ['5', undefined],
  ['5/s', undefined],
  ['-1/1s', undefined],
  ['1e9/1s', undefined],
])('%s is the rate %j', (text, rate) => {
  expect(parseRate(text)).toEqual(rate);
});

describe('a rate of 10 a second', () => {
  const rate = { quota: 10, windowMs: 1_000 };

  test('given a fresh bucket, ten come at once and the next after a tenth of a second', () => {
    const first = grant(rate, undefined, 25, 5_000);
    expect(first).toMatchObject({ granted: 10, remaining: 0, fullAt: 6_000 });
    expect(grant(rate, first.fullAt, 1, 5_000)).toMatchObject({ granted: 0, nextAt: 5_100 });
    expect(grant(rate, first.fullAt, 1, 5_099).granted).toBe(0);
    expect(grant(rate, first.fullAt, 1, 5_100).granted).toBe(1);
  });

  test('given a pause of a window, the whole quota is back', () => {
    const { fullAt } = grant(rate, undefined, 10, 5_000);
    expect(grant(rate, fullAt, 10, 6_000).granted).toBe(10);
    expect(grant(rate, fullAt, 100, 60_000).granted).toBe(10);
  });
});

test('no window ever holds more than twice the quota, and time never grants less than the rate', () => {
  const demands = fc.array(fc.tuple(fc.integer({ min: 0, max: 50 }), fc.integer({ min: 1, max: 9 })));
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 20 }), demands, (quota, steps) => {
      const rate = { quota, windowMs: 100 };
      const grants: [number, number][] = [];
      let [now, fullAt] = [0, undefined as number | undefined];
      for (const [pause, wanted] of steps) {
        now += pause;
        const given = grant(rate, fullAt, wanted, now);
        fullAt = given.fullAt;
        grants.push([now, given.granted]);
        if (given.granted < wanted) expect(given.remaining).toBe(0);
      }
      for (const [start] of grants) {
        const within = grants.filter(([at]) => at >= start && at < start + rate.windowMs);
        expect(within.reduce((sum, [, n]) => sum + n, 0)).toBeLessThanOrEqual(2 * quota);
      }
    }),
  );
});
