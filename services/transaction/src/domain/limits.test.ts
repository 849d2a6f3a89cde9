import { describe, expect, test } from '@jest/globals';
import {
  allWallets,
  type Counter,
  DailyCounters,
  type Demand,
  exceedsSingleLimit,
  noLimits,
} from './limits.js';

const key = { ownerId: 'ada', transactionType: 'transfer', currency: 'USD' };
const hour = 3_600_000;
const today = 24 * hour;
const now = 12 * hour;

function demand(amount: number, more: Partial<Demand> = {}): Demand {
  const limits = new Map([[allWallets, { ...noLimits, dailyAmount: 100, dailyCount: 3 }]]);
  return { key, amount, limits, dayEndsAt: today, ...more };
}
const counter = (more: Partial<Counter>): Counter => ({
  ...key,
  scope: allWallets,
  dayEndsAt: today,
  amount: 0,
  count: 0,
  ...more,
});
const share = { scope: allWallets, dayEndsAt: today };

describe('daily limits', () => {
  test('given room, then a transaction is counted; up to the limit and not beyond', () => {
    const counters = new DailyCounters([]);
    expect(counters.take(demand(60), now)).toEqual([share]);
    expect(counters.take(demand(41), now)).toBeUndefined();
    expect(counters.take(demand(40), now)).toEqual([share]);
    expect(counters.take(demand(1), now)).toBeUndefined();
    expect(counters.moved).toEqual([counter({ amount: 100, count: 2 })]);
  });

  test('given the number of transactions, then no further one is let through, however small', () => {
    const counters = new DailyCounters([counter({ amount: 2, count: 2 })]);
    expect(counters.take(demand(1), now)).toEqual([share]);
    expect(counters.take(demand(1), now)).toBeUndefined();
  });

  test('given a limit to the number only, then amounts are of any size', () => {
    const limits = new Map([[allWallets, { ...noLimits, dailyCount: 2 }]]);
    const counters = new DailyCounters([]);
    const most = demand(Number.MAX_SAFE_INTEGER, { limits });
    expect(counters.take(most, now)).toEqual([share]);
    expect(counters.take(most, now)).toEqual([share]);
    expect(counters.take(most, now)).toBeUndefined();
  });

  test('given that nothing was let through, then nothing has moved', () => {
    const counters = new DailyCounters([counter({ amount: 100, count: 1 })]);
    expect(counters.take(demand(1), now)).toBeUndefined();
    expect(counters.moved).toEqual([]);
  });

  test('given the end of the day, then counting starts anew', () => {
    const full = counter({ amount: 100, count: 3 });
    expect(new DailyCounters([full]).take(demand(1, { dayEndsAt: 48 * hour }), today - 1)).toBeUndefined();
    const counters = new DailyCounters([full]);
    expect(counters.take(demand(1, { dayEndsAt: 48 * hour }), today)).toEqual([
      { ...share, dayEndsAt: 48 * hour },
    ]);
    expect(counters.moved).toEqual([counter({ dayEndsAt: 48 * hour, amount: 1, count: 1 })]);
  });

  test('given another time zone in the middle of the day, then the day goes on as long as it was going to', () => {
    const counters = new DailyCounters([counter({ amount: 90, count: 1 })]);
    expect(counters.take(demand(11, { dayEndsAt: 14 * hour }), now)).toBeUndefined();
    expect(counters.take(demand(10, { dayEndsAt: 14 * hour }), now)).toEqual([share]);
  });

  test('given another time zone after each midnight, then there is one limit for 22 hours all the same', () => {
    const counters = new DailyCounters([]);
    let sent = 0;
    for (let at = 0; at < 220 * hour; at += hour / 2) {
      // As if midnight were always in an hour.
      while (counters.take(demand(50, { dayEndsAt: at + hour }), at)) sent += 50;
    }
    expect(sent).toBe(11 * 100);
  });

  test('given a time zone whose midnight comes later, then days end there before long', () => {
    const midnight = (at: number) => (Math.floor(at / (24 * hour)) + 1) * 24 * hour;
    let last = counter({ dayEndsAt: 19 * hour });
    for (let at = 19 * hour; at < 240 * hour; at += hour) {
      const counters = new DailyCounters([last]);
      counters.take(demand(0, { dayEndsAt: midnight(at) }), at);
      last = { ...(counters.moved[0] ?? last), count: 0 };
    }
    expect(last.dayEndsAt).toBe(240 * hour);
  });

  test('given back by a transaction that moved nothing, then there is room again; on the same day only', () => {
    const counters = new DailyCounters([counter({ amount: 100, count: 2 })]);
    counters.giveBack([
      counter({ dayEndsAt: 0, amount: 70, count: 1 }),
      counter({ scope: 'x', amount: 70, count: 1 }),
    ]);
    expect(counters.moved).toEqual([]);
    counters.giveBack([counter({ amount: 40, count: 1 }), counter({ amount: 10, count: 0 })]);
    expect(counters.moved).toEqual([counter({ amount: 50, count: 1 })]);
    expect(counters.take(demand(51), now)).toBeUndefined();
    expect(counters.take(demand(50), now)).toEqual([share]);
  });

  test('given a limit of the wallet type as well, then both have to have room, and both are counted or none', () => {
    const limits = new Map([
      [allWallets, { ...noLimits, dailyAmount: 100 }],
      ['personal-usd', { ...noLimits, dailyAmount: 30 }],
    ]);
    const counters = new DailyCounters([]);
    expect(counters.take(demand(31, { limits }), now)).toBeUndefined();
    expect(counters.moved).toEqual([]);
    expect(counters.take(demand(30, { limits }), now)).toEqual([share, { ...share, scope: 'personal-usd' }]);
    expect(counters.take(demand(1, { limits }), now)).toBeUndefined();
    expect(counters.take(demand(70, { limits: new Map([...limits].slice(0, 1)) }), now)).toEqual([share]);
  });

  test.each([
    ['another customer', { ownerId: 'bob' }],
    ['another type', { transactionType: 'gift' }],
    ['another currency', { currency: 'EUR' }],
  ])('of %s are counted apart', (_name, other) => {
    const counters = new DailyCounters([counter({ amount: 100, count: 1 })]);
    expect(counters.take(demand(100, { key: { ...key, ...other } }), now)).toEqual([share]);
  });
});

test('a limit on each transaction is the smallest of those that apply', () => {
  const limits = [noLimits, { ...noLimits, perTransaction: 50 }, { ...noLimits, perTransaction: 20 }];
  expect([20, 21].map((amount) => exceedsSingleLimit(amount, limits))).toEqual([false, true]);
  expect(exceedsSingleLimit(Number.MAX_SAFE_INTEGER, [noLimits])).toBe(false);
});
