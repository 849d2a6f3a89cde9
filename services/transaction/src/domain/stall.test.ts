import { expect, test } from '@jest/globals';
import { deadlineFor, pauseBeforeAskingMs } from './stall.js';

test('pauses double from the patience up to ten minutes, less up to a half', () => {
  expect([0, 1, 2, 5, 500].map((attempts) => pauseBeforeAskingMs(30_000, attempts, 0))).toEqual([
    30_000, 60_000, 120_000, 600_000, 600_000,
  ]);
  expect(pauseBeforeAskingMs(30_000, 1, 0.5)).toBe(45_000);
});

test('given time left, then the ledger has no deadline; given none, then it is over already', () => {
  expect(deadlineFor(1_000, 500, 1_500)).toBeNull();
  expect(deadlineFor(1_000, 500, 1_501)).toBe(1_500);
});
