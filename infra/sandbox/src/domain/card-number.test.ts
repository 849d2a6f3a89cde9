import { describe, expect, test } from '@jest/globals';
import { cardNumber } from './card-number.js';

describe('a card number', () => {
  test.each([
    ['000000000', '9999010000000003'],
    ['123456789', '9999011234567890'],
  ])('of the random digits %s is %s', (random, expected) => {
    expect(cardNumber(random)).toBe(expected);
  });

  test('passes the check that every reader makes', () => {
    for (let i = 0; i < 1_000; i++) {
      const digits = [...cardNumber(String(i * 999_331).padStart(9, '0'))].map(Number).reverse();
      const sum = digits.reduce((total, digit, place) => {
        const value = place % 2 === 1 ? digit * 2 : digit;
        return total + (value > 9 ? value - 9 : value);
      }, 0);
      expect(sum % 10).toBe(0);
    }
  });

  test('is not made of fewer digits', () => {
    expect(() => cardNumber('12345678')).toThrow(RangeError);
  });
});
