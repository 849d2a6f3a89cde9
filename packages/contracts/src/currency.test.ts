import { expect, test } from '@jest/globals';
import { decimalAmount, formatMoney } from './currency.js';

test.each([
  [1, 'USD', '0.01 USD'],
  [1_234_567, 'USD', '12,345.67 USD'],
  [0, 'EUR', '0.00 EUR'],
  [1_500, 'JPY', '1,500 JPY'],
  [-1_500, 'JPY', '-1,500 JPY'],
  [12_345, 'KWD', '12.345 KWD'],
  [5, 'KWD', '0.005 KWD'],
  [1, 'CLF', '0.0001 CLF'],
  [250, 'IDR', '2.50 IDR'],
  [-250, 'USD', '-2.50 USD'],
  [-100_000, 'USD', '-1,000.00 USD'],
  [Number.MAX_SAFE_INTEGER, 'USD', '90,071,992,547,409.91 USD'],
])('given %i minor units of %s, writes %s', (amount, currency, text) => {
  expect(formatMoney(amount, currency)).toBe(text);
});

test('a decimal amount has no separators that a spreadsheet could misread', () => {
  expect(decimalAmount(-123_456_789, 'USD')).toBe('-1234567.89');
  expect(decimalAmount(-1, 'JPY')).toBe('-1');
});
