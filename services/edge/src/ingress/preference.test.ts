import { expect, test } from '@jest/globals';
import { waitMsOf } from './preference.js';

test.each([
  [undefined, 2_000],
  ['wait=10', 10_000],
  ['wait=0', 0],
  ['Wait = "7"', 7_000],
  ['wait=31', 30_000],
  ['respond-async', 0],
  ['respond-async, wait=5', 5_000],
  ['handling=lenient', 2_000],
  ['wait=soon', 2_000],
  ['', 2_000],
])('given Prefer: %s, the call waits %d ms', (prefer, expected) => {
  expect(waitMsOf(prefer)).toBe(expected);
});
