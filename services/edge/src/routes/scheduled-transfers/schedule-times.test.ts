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

  test('end with the last one', () => {
    expect(() => inBerlin('0 9 * * *', { endsAt: '2026-11-22T07:59:59Z' })).toThrow(Problem);
    const { endsAt } = inBerlin('0 9 * * *', { endsAt: '2026-11-22T08:00:00Z' });
    expect(endsAt?.toISOString()).toBe('2026-11-22T08:00:00.000Z');
  });
});
