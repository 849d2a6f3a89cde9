import { describe, expect, test } from '@jest/globals';
import { formatAccountNumber } from './account-number.js';
import { luhnCheckDigit } from './luhn.js';

describe('the Luhn check digit', () => {
  // The example of ISO/IEC 7812-1 and a well-known test number.
  test.each([
    ['7992739871', '3'],
    ['411111111111111', '1'],
    ['', '0'],
  ])('of %s is %s', (digits, check) => {
    expect(luhnCheckDigit(digits)).toBe(check);
  });

  test('makes account numbers of ten digits', () => {
    expect(formatAccountNumber(42)).toBe(`000000042${luhnCheckDigit('000000042')}`);
  });
});
