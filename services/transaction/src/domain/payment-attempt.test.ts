import { describe, expect, test } from '@jest/globals';
import { pauseAfterMs } from './payment-attempt.js';

describe('the pause before the provider is asked again', () => {
  test('doubles, and never exceeds a minute', () => {
    expect([1, 2, 3, 4].map((attempts) => pauseAfterMs(attempts, 0))).toEqual([250, 500, 1_000, 2_000]);
    expect(pauseAfterMs(1_000, 0)).toBe(60_000);
  });

  test('is spread over its second half', () => {
    expect(pauseAfterMs(3, 0.999_999)).toBe(500);
  });
});
