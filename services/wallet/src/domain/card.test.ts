import { describe, expect, test } from '@jest/globals';
import { cardFace, cardNumber, formatAccountNumber } from './card.js';
import { luhnCheckDigit } from './luhn.js';

describe('a card', () => {
  test('its number has sixteen digits and ends in its check digit', () => {
    const pan = cardNumber('123456789');
    expect(pan).toMatch(/^999901123456789\d$/);
    expect(luhnCheckDigit(pan.slice(0, -1))).toBe(pan.slice(-1));
  });

  test('too few random digits are refused rather than padded', () => {
    expect(() => cardNumber('12345678')).toThrow(RangeError);
  });

  test('shows four digits and expires in the month it was issued, four years on', () => {
    expect(cardFace('9999011234567890', Date.UTC(2026, 11, 31, 23, 59))).toEqual({
      last4: '7890',
      expiryMonth: 12,
      expiryYear: 2030,
    });
  });
});

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
