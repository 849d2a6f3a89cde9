import { describe, expect, test } from '@jest/globals';
import { isCertainlyNotSent, pauseAfterMs } from './payment-attempt.js';

describe('the pause before the provider is asked again', () => {
  test('doubles, and never exceeds a minute', () => {
    expect([1, 2, 3, 4].map((attempts) => pauseAfterMs(attempts, 0))).toEqual([250, 500, 1_000, 2_000]);
    expect(pauseAfterMs(1_000, 0)).toBe(60_000);
  });

  test('is spread over its second half', () => {
    expect(pauseAfterMs(3, 0.999_999)).toBe(500);
  });
});

describe('no payment at the provider', () => {
  const now = 1_000_000;
  test('is certain when none was sent', () => {
    expect(isCertainlyNotSent(null, now)).toBe(true);
  });

  test('is not certain while one that was sent may still arrive', () => {
    expect(isCertainlyNotSent(now - 59_999, now)).toBe(false);
    expect(isCertainlyNotSent(now - 60_000, now)).toBe(true);
  });
});
