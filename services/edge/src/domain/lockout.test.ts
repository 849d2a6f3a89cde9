import { describe, expect, test } from '@jest/globals';
import { accountLockout, lockMsAfter, networkLockout } from './lockout.js';

describe('failures of an account from one network', () => {
  const rule = networkLockout(10);

  test('given fewer than allowed, lock nothing', () => {
    expect(Array.from({ length: 9 }, (_, n) => lockMsAfter(n + 1, rule))).toEqual(Array(9).fill(0));
  });

  test('given more, lock for longer each time, up to a quarter of an hour', () => {
    const seconds = [10, 11, 12, 13, 14, 15, 16, 1_000_000].map((n) => lockMsAfter(n, rule) / 1_000);
    expect(seconds).toEqual([30, 60, 120, 240, 480, 900, 900, 900]);
  });
});

test('failures of an account from everywhere never lock for longer than half a minute', () => {
  const rule = accountLockout(10);
  expect([99, 100, 101, 1_000_000].map((n) => lockMsAfter(n, rule) / 1_000)).toEqual([0, 30, 30, 30]);
});
