import { describe, expect, test } from '@jest/globals';
import { BreakerOpenError, ProviderRejectedError, ProviderTimeoutError } from './errors.js';
import { jitteredDelayMs, mayRetry } from './retry.js';

describe('full jitter', () => {
  test('given the largest random number, the bound doubles with each attempt and is capped', () => {
    const bounds = [1, 2, 3, 20].map((attempt) => jitteredDelayMs(attempt, 100, () => 1));
    expect(bounds).toEqual([100, 200, 400, 5_000]);
  });

  test('given the smallest random number, there is no pause', () => {
    expect(jitteredDelayMs(3, 100, () => 0)).toBe(0);
  });
});

describe('another attempt', () => {
  const get = { method: 'GET', path: '/' } as const;
  const post = { method: 'POST', path: '/' } as const;

  test('is allowed after an unknown outcome only when the request is idempotent', () => {
    const timeout = new ProviderTimeoutError('psp', 10);
    expect(mayRetry(get, timeout)).toBe(true);
    expect(mayRetry({ ...post, idempotencyKey: 'k' }, timeout)).toBe(true);
    expect(mayRetry(post, timeout)).toBe(false);
  });

  test('is allowed after 429, not after 422', () => {
    expect(mayRetry(get, new ProviderRejectedError('psp', 429, undefined))).toBe(true);
    expect(mayRetry(get, new ProviderRejectedError('psp', 422, undefined))).toBe(false);
  });

  test('is not made against an open breaker', () => {
    expect(mayRetry(get, new BreakerOpenError('psp', 10))).toBe(false);
  });
});
