import { describe, expect, test } from '@jest/globals';
import { Freshness, parseLsn } from './freshness.js';

test('positions of the log compare as numbers', () => {
  expect(parseLsn('16/B374D848')).toBe(0x16b374d848n);
  expect(parseLsn('2/0') > parseLsn('1/FFFFFFFF')).toBe(true);
});

describe('a replica', () => {
  const lag = 10_000;

  test('that nobody has asked is not fresh', () => {
    const freshness = new Freshness(lag);
    freshness.sample(0, 5n);
    expect(freshness.isFresh(0)).toBe(false);
    expect(freshness.hasReplayed(0n)).toBe(false);
  });

  test('is fresh while it reaches what the primary had a bounded time ago', () => {
    const freshness = new Freshness(lag);
    freshness.sample(0, 100n);
    freshness.sample(1_000, 200n);
    freshness.replayed(150n);
    expect([freshness.isFresh(lag), freshness.isFresh(lag + 1)]).toEqual([true, false]);
    freshness.replayed(200n);
    expect(freshness.isFresh(lag + 1)).toBe(true);
    expect([freshness.hasReplayed(200n), freshness.hasReplayed(201n)]).toEqual([true, false]);
  });

  test('that cannot be asked any more is not used', () => {
    const freshness = new Freshness(lag);
    freshness.sample(0, 100n);
    freshness.replayed(100n);
    freshness.replayed(undefined);
    expect(freshness.isFresh(1)).toBe(false);
    expect(freshness.hasReplayed(1n)).toBe(false);
  });
});
