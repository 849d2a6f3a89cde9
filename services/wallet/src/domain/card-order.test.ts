import { describe, expect, test } from '@jest/globals';
import { pauseAfterMs } from './card-order.js';

describe('the pause after a call to the issuer that failed', () => {
  test('doubles up to a minute', () => {
    expect([1, 2, 3, 9, 100].map((attempts) => pauseAfterMs(attempts, 0))).toEqual([
      250, 500, 1_000, 60_000, 60_000,
    ]);
  });

  test('is at least half of that', () => {
    expect(pauseAfterMs(1, 0.999)).toBe(125);
  });
});
