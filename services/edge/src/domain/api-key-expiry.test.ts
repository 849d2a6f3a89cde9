import { expect, test } from '@jest/globals';
import { dueWarning } from './api-key-expiry.js';

const dayMs = 86_400_000;

test.each<[number, number | undefined]>([
  [31, undefined],
  [30, 30],
  [29, 30],
  [7 + 1 / dayMs, 30],
  [7, 7],
  [1.5, 7],
  [1, 1],
  [0, 1],
])('given %p days left, the warning of %p days is due', (days, warning) => {
  expect(dueWarning(days * dayMs, 0, [30, 7, 1])).toBe(warning);
});
