import { expect, test } from '@jest/globals';
import { preferenceOf } from './preference.js';

test.each([
  [undefined, 2_000, undefined],
  ['wait=10', 10_000, 'wait=10'],
  ['wait=0', 0, 'wait=0'],
  ['Wait = "7"', 7_000, 'wait=7'],
  ['wait=31', 30_000, 'wait=30'],
  ['wait=99999999999999999999', 30_000, 'wait=30'],
  ['respond-async', 0, 'respond-async'],
  ['Respond-Async', 0, 'respond-async'],
  ['respond-async, wait=5', 5_000, 'respond-async, wait=5'],
  ['wait=5, respond-async', 5_000, 'respond-async, wait=5'],
  ['wait=5, wait=9', 5_000, 'wait=5'],
  ['return=minimal, wait=5; unit=s, foo', 5_000, 'wait=5'],
  ['handling=lenient', 2_000, undefined],
  ['foo; wait=5', 2_000, undefined],
  ['wait=soon', 2_000, undefined],
  ['wait=-1', 2_000, undefined],
  ['wait=1.5', 2_000, undefined],
  ['wait="5', 2_000, undefined],
  ['wait', 2_000, undefined],
  ['respond-asynchronously', 2_000, undefined],
  [',,;;=', 2_000, undefined],
  ['', 2_000, undefined],
])('given Prefer: %s, the call waits %d ms and says %s', (prefer, waitMs, applied) => {
  expect(preferenceOf(prefer)).toEqual({ waitMs, applied });
});
