import { describe, expect, test } from '@jest/globals';
import { FlorinConnectionError, FlorinError } from '../src/errors.js';
import { defaultRetryPolicy, inFlightDelayMs, retryDelayMs, sleep } from '../src/retry.js';

const lost = new FlorinConnectionError('connection-failed', 'lost');
const refused = (status: number, headers: Record<string, string> = {}) =>
  new FlorinError({ status, code: 'overloaded' }, new Headers(headers));

describe('the wait before the next try', () => {
  test.each([
    ['doubles, by chance shorter', lost, 1, 0.5, 125],
    ['doubles', lost, 3, 0.5, 500],
    ['has an upper bound', lost, 3, 0.999, 999],
    ['is never shorter than what is asked for', refused(429, { 'retry-after': '1' }), 1, 0, 1_000],
    ['is not waited when that is too long', refused(429, { 'retry-after': '3600' }), 1, 0, undefined],
    ['does not come after the last try', lost, 4, 0, undefined],
    ['does not come after a refusal', refused(404), 1, 0, undefined],
  ])('%s', (_what, error, attempt, random, delayMs) => {
    expect(retryDelayMs(error, attempt, defaultRetryPolicy, random)).toBe(delayMs);
  });
});

describe('the wait for an outcome', () => {
  const inFlight = refused(409, { 'retry-after': '1' });
  test.each([
    ['begins with what is asked for', 1, 35_000, 0, 1_000],
    ['grows with each question', 4, 35_000, 0.5, 2_000],
    ['has an upper bound', 1_000, 35_000, 0.5, 5_000],
    ['ends with the time that is left', 4, 700, 0.5, 700],
    ['is over when none is left', 4, 0, 0.5, undefined],
  ])('%s', (_what, waits, remainingMs, random, delayMs) => {
    expect(inFlightDelayMs(inFlight, waits, remainingMs, defaultRetryPolicy, random)).toBe(delayMs);
  });
});

test('a wait ends with the reason of the signal that cuts it short', async () => {
  const [abort, reason] = [new AbortController(), new Error('changed my mind')];
  const waiting = sleep(60_000, abort.signal);
  abort.abort(reason);
  await expect(waiting).rejects.toBe(reason);
  await expect(sleep(60_000, abort.signal)).rejects.toBe(reason);
});
