import { describe, expect, test } from '@jest/globals';
import { createDayEnds, dayEnd, isTimeZone } from './day-end.js';

describe('the day of a customer ends', () => {
  test.each([
    ['UTC', '2026-03-01T12:00:00Z', '2026-03-02T00:00:00Z'],
    ['UTC', '2026-02-28T23:59:59.999Z', '2026-03-01T00:00:00Z'],
    ['UTC', '2026-03-01T00:00:00Z', '2026-03-02T00:00:00Z'],
    // Behind and ahead of UTC, and by half an hour.
    ['America/New_York', '2026-01-15T03:00:00Z', '2026-01-15T05:00:00Z'],
    ['Pacific/Kiritimati', '2026-01-15T09:59:00Z', '2026-01-15T10:00:00Z'],
    ['Asia/Kolkata', '2026-01-15T12:00:00Z', '2026-01-15T18:30:00Z'],
    // Days of 23 and 25 hours.
    ['Europe/Berlin', '2026-03-28T23:00:00Z', '2026-03-29T22:00:00Z'],
    ['Europe/Berlin', '2026-10-24T22:00:00Z', '2026-10-25T23:00:00Z'],
    // The clocks go forward at midnight: the day begins at one o'clock.
    ['America/Santiago', '2026-09-05T12:00:00Z', '2026-09-06T04:00:00Z'],
    // They go back at midnight: the last hour of the day comes twice.
    ['America/Santiago', '2026-04-04T12:00:00Z', '2026-04-05T04:00:00Z'],
  ])('in %s given %s, then at %s', (timeZone, now, end) => {
    expect(new Date(dayEnd(Date.parse(now), timeZone)).toISOString()).toBe(new Date(end).toISOString());
  });

  test('the same whether it was asked before or not, and anew with the next day', () => {
    const dayEnds = createDayEnds();
    const noon = Date.parse('2026-03-01T12:00:00Z');
    for (const hours of [0, 11, 12, -1, 40]) {
      const at = noon + hours * 3_600_000;
      expect(dayEnds(at, 'UTC')).toBe(dayEnd(at, 'UTC'));
    }
  });
});

test('in a zone that is not known here, a day is one of UTC', () => {
  const now = Date.parse('2026-03-01T12:00:00Z');
  expect(createDayEnds()(now, 'Mars/Olympus')).toBe(dayEnd(now, 'UTC'));
});

test('a time zone is one of the IANA database', () => {
  expect(['UTC', 'Europe/Berlin', 'America/Argentina/Ushuaia'].map(isTimeZone)).toEqual([true, true, true]);
  expect(['', 'Mars/Olympus', 'Europe/Berlin; DROP'].map(isTimeZone)).toEqual([false, false, false]);
});
