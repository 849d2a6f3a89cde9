import { describe, expect, test } from '@jest/globals';
import { feeOn } from './fee.js';

describe('a fee', () => {
  test.each([
    // amount, flat, basis points, fee
    [10_000, 0, 0, 0],
    [10_000, 25, 0, 25],
    [10_000, 25, 150, 175],
    [333, 0, 100, 3],
    [367, 0, 100, 4],
    [1, 0, 1, 0],
    // Halves go to the even neighbour: 0.5 → 0, 1.5 → 2, 2.5 → 2, 3.5 → 4.
    [50, 0, 100, 0],
    [150, 0, 100, 2],
    [250, 0, 100, 2],
    [350, 0, 100, 4],
    [251, 0, 100, 3],
  ])('on %d of %d flat and %d basis points is %d', (amount, flat, basisPoints, fee) => {
    expect(feeOn(amount, { flat, basisPoints })).toBe(fee);
  });

  test('is exact where the product leaves 2^53', () => {
    expect(feeOn(Number.MAX_SAFE_INTEGER, { flat: 0, basisPoints: 10_000 })).toBe(Number.MAX_SAFE_INTEGER);
    expect(feeOn(Number.MAX_SAFE_INTEGER, { flat: 0, basisPoints: 9_999 })).toBe(9_006_298_534_815_517);
  });

  test('that is not exact any more does not exist', () => {
    expect(feeOn(Number.MAX_SAFE_INTEGER, { flat: 1, basisPoints: 10_000 })).toBeUndefined();
  });
});
