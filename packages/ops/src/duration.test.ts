import { describe, expect, test } from '@jest/globals';
import { durationSeconds, timeOrDuration } from './duration.js';

describe('a duration', () => {
  test.each([
    ['0', 0],
    ['90s', 90],
    ['15m', 900],
    ['24h', 86_400],
    ['90d', 7_776_000],
  ])('%s is %i seconds', (text, seconds) => {
    expect(durationSeconds(text)).toBe(seconds);
  });

  test.each(['', '5', 'd', '1.5h', '-1d', '1w', '24 h', '9999999999d'])('is not %p', (text) => {
    expect(() => durationSeconds(text)).toThrow('Expected a duration');
  });
});

test('a time is itself, or so far ahead', () => {
  expect(timeOrDuration('2027-01-31')).toBe('2027-01-31T00:00:00.000Z');
  const ahead = Date.parse(timeOrDuration('1h')) - Date.now();
  expect(ahead).toBeGreaterThan(3_590_000);
  expect(ahead).toBeLessThanOrEqual(3_600_000);
  expect(() => timeOrDuration('soon')).toThrow('Expected a duration');
});
