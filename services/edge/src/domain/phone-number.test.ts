import { expect, test } from '@jest/globals';
import { isPhoneNumber } from './phone-number.js';

test.each(['+14155550123', '+4915112345678', '+442071838750', '+819012345678'])('%s is one', (text) => {
  expect(isPhoneNumber(text)).toBe(true);
});

test.each([
  '',
  '4155550123',
  '+1415',
  '+1 415 555 0123',
  '+0123456789',
  '+99912345678',
  '+1415555012345',
  '+tel',
])('%p is none', (text) => {
  expect(isPhoneNumber(text)).toBe(false);
});
