import { Problem } from '@florin/http';
import { describe, expect, test } from '@jest/globals';
import { type RequestedTimes, scheduleTimes } from './schedule-times.js';

const now = Date.parse('2026-11-21T12:00:00Z');
const inBerlin = (cron: string, more: Partial<RequestedTimes> = {}) =>
  scheduleTimes({ cron, timeZone: 'Europe/Berlin', ...more }, now);

describe('the times of a schedule', () => {
  test.each([
    ['once', { runAt: '2026-11-21T12:00:00Z' }, '2026-11-21T12:00:00.000Z'],
    ['every day', { cron: '0 9 * * *', timeZone: 'Europe/Berlin' }, '2026-11-22T08:00:00.000Z'],
    ['four times an hour', { cron: '*/15 * * * *', timeZone: 'UTC' }, '2026-11-21T12:15:00.000Z'],
    ['on a day of leap years', { cron: '30 0 29 2 *', timeZone: 'UTC' }, '2028-02-29T00:30:00.000Z'],
  ])('may be %s', (_name, times, first) => {
    expect(scheduleTimes(times, now).nextRunAt.toISOString()).toBe(first);
  });

  // Each of them has two times that are closer than a quarter of an hour, some behind the end of an hour or of a month.
  test.each([
    '* * * * *',
    '*/14 * * * *',
    '0,14 9 * * *',
    '*/25 * * * *',
    '0,59 0,23 * * *',
    '0,59 0,23 1,31 * *',
  ])('are never as close as %s', (cron) => expect(() => inBerlin(cron)).toThrow(Problem));

  // Days that no month has, and what the library understands beyond the standard and searches for in vain.
  test.each([
    '0 0 31 4,6,9,11 *',
    '0 0 31 APR-JUN/2 *',
    '0 0 30 2 *',
    '0 0 30,31 feb *',
    '0 0 31W 2 *',
    '0 0 29W 2 +SUN',
    '0 0 1 1 5#5',
    '0 0 * * * *',
    '0 0 31 */0 *',
    '0 0 1 13 *',
    '0 0 1 nix *',
  ])('are not those of %s', (cron) => {
    expect(() => inBerlin(cron)).toThrow(
      expect.objectContaining({ status: 400, errors: [expect.objectContaining({ pointer: '/cron' })] }),
    );
  });

  test.each([
    ['31 0 31 4-5 *', '2027-05-30T22:31:00.000Z'],
    ['0 0 31 */3 *', '2027-01-30T23:00:00.000Z'],
    ['0 0 30 2-12/3 *', '2026-11-29T23:00:00.000Z'],
    ['0 0 L 2 *', '2027-02-27T23:00:00.000Z'],
    ['0 0 30 2 MON', '2027-01-31T23:00:00.000Z'],
    ['0 9 * * FRI#1', '2026-12-04T08:00:00.000Z'],
  ])('may be those of %s', (cron, first) => {
    expect(inBerlin(cron).nextRunAt.toISOString()).toBe(first);
  });

  test('end with the last one', () => {
    expect(() => inBerlin('0 9 * * *', { endsAt: '2026-11-22T07:59:59Z' })).toThrow(Problem);
    const { endsAt } = inBerlin('0 9 * * *', { endsAt: '2026-11-22T08:00:00Z' });
    expect(endsAt?.toISOString()).toBe('2026-11-22T08:00:00.000Z');
  });
});
