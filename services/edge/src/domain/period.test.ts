import { describe, expect, test } from '@jest/globals';
import { periodOf } from './period.js';

describe('periodOf', () => {
  test('given plain dates, both days belong to the period', () => {
    const { from, to } = periodOf('2026-01-01', '2026-01-31');
    expect(from?.toISOString()).toBe('2026-01-01T00:00:00.000Z');
    expect(to?.toISOString()).toBe('2026-02-01T00:00:00.000Z');
  });

  test('given instants, the end is exclusive to the millisecond and offsets count', () => {
    const { from, to } = periodOf('2026-01-01T01:00:00+01:00', '2026-01-01T12:00:00.500Z');
    expect(from?.toISOString()).toBe('2026-01-01T00:00:00.000Z');
    expect(to?.toISOString()).toBe('2026-01-01T12:00:00.500Z');
  });

  test('given nothing, the period is open', () => {
    expect(periodOf(undefined, undefined)).toEqual({ from: undefined, to: undefined });
  });
});
