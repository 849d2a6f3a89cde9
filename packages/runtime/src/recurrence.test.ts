import { describe, expect, test } from '@jest/globals';
import { parseRecurrence } from './recurrence.js';

function times(cron: string, timeZone: string, after: string, count: number): string[] {
  const recurrence = parseRecurrence(cron, timeZone);
  const found: string[] = [];
  let at = Date.parse(after);
  for (let i = 0; i < count; i++) {
    const next = recurrence.next(at);
    if (next === undefined) break;
    expect(next).toBeGreaterThan(at);
    at = next;
    found.push(new Date(next).toISOString().slice(0, 16));
  }
  return found;
}

describe('a recurrence', () => {
  test('follows the clocks of its time zone through the year', () => {
    expect(times('0 9 1 * *', 'Europe/Berlin', '2026-01-15T00:00:00Z', 3)).toEqual([
      '2026-02-01T08:00',
      '2026-03-01T08:00',
      '2026-04-01T07:00',
    ]);
    expect(times('15 18 * * FRI', 'America/New_York', '2026-10-29T00:00:00Z', 2)).toEqual([
      '2026-10-30T22:15',
      '2026-11-06T23:15',
    ]);
  });

  test('given a time that the clocks skip, runs once, later by what they skip', () => {
    expect(times('30 2 * * *', 'Europe/Berlin', '2026-03-28T00:00:00Z', 3)).toEqual([
      '2026-03-28T01:30',
      '2026-03-29T01:30',
      '2026-03-30T00:30',
    ]);
  });

  test('given a time that the clocks show twice, runs the first time only', () => {
    expect(times('30 2 * * *', 'Europe/Berlin', '2026-10-24T12:00:00Z', 2)).toEqual([
      '2026-10-25T00:30',
      '2026-10-26T01:30',
    ]);
  });

  test('of every hour or half an hour misses none and repeats none when clocks change', () => {
    expect(times('0 * * * *', 'Europe/Berlin', '2026-10-24T22:30:00Z', 5)).toEqual([
      '2026-10-24T23:00',
      '2026-10-25T00:00',
      '2026-10-25T01:00',
      '2026-10-25T02:00',
      '2026-10-25T03:00',
    ]);
    expect(times('*/30 * * * *', 'Europe/Berlin', '2026-03-29T00:10:00Z', 5)).toEqual([
      '2026-03-29T00:30',
      '2026-03-29T01:00',
      '2026-03-29T01:30',
      '2026-03-29T02:00',
      '2026-03-29T02:30',
    ]);
  });

  test('knows clocks that are put forward by half an hour, and zones between whole hours', () => {
    expect(times('15 2 * * *', 'Australia/Lord_Howe', '2026-10-03T00:00:00Z', 2)).toEqual([
      '2026-10-03T15:45',
      '2026-10-04T15:15',
    ]);
    expect(times('0 0 * * *', 'Asia/Kathmandu', '2026-05-01T00:00:00Z', 1)).toEqual(['2026-05-01T18:15']);
  });

  test('knows the last day of a month, and leaves out months without the day', () => {
    expect(times('0 12 L * *', 'UTC', '2026-01-31T12:00:00Z', 2)).toEqual([
      '2026-02-28T12:00',
      '2026-03-31T12:00',
    ]);
    expect(times('0 12 31 * *', 'UTC', '2026-01-31T12:00:00Z', 2)).toEqual([
      '2026-03-31T12:00',
      '2026-05-31T12:00',
    ]);
  });

  test.each([
    ['cron-invalid', '61 * * * *', 'UTC'],
    ['cron-invalid', '0 0 0 * * *', 'UTC'],
    ['cron-invalid', '@daily', 'UTC'],
    ['cron-invalid', '2026-05-05T10:00:00', 'UTC'],
    ['cron-invalid', '', 'UTC'],
    ['cron-invalid', '0 0 30 2 *', 'UTC'],
    ['cron-invalid', '0 0 31W 2 *', 'UTC'],
    ['time-zone-unknown', '0 9 * * *', 'Nowhere/Here'],
    ['time-zone-unknown', '0 9 * * *', '+01:00'],
  ])('is refused: %s for %s in %s', (code, cron, timeZone) => {
    expect(() => parseRecurrence(cron, timeZone)).toThrow(expect.objectContaining({ code }));
  });

  test.each(['61 * * * *', '5-1 * * * *', '0 9 * * FOO'])('is refused in words of its own: %s', (cron) => {
    const message = expect.stringMatching(/^(?!Cron).*\w/);
    expect(() => parseRecurrence(cron, 'UTC')).toThrow(expect.objectContaining({ message }));
  });
});
