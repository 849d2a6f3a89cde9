import { describe, expect, test } from '@jest/globals';
import type { Admission } from './admission.js';
import { admitBulk } from './bulk.js';

const good: Admission = { admitted: true, fee: 3 };
const bad: Admission = { admitted: false, reason: 'limit-exceeded' };

describe('the items of a bulk', () => {
  test('are admitted each for itself when they are independent', () => {
    expect(admitBulk('independent', [good, bad, good])).toEqual([good, bad, good]);
  });

  test('are all refused when one of an atomic bulk is, and say which it was', () => {
    const others = { admitted: false, reason: 'bulk-declined' };
    expect(admitBulk('atomic', [good, bad, good])).toEqual([others, bad, others]);
  });

  test('are all admitted when none of an atomic bulk is refused', () => {
    expect(admitBulk('atomic', [good, good])).toEqual([good, good]);
  });
});
