import { expect, test } from '@jest/globals';
import { formatMoney } from './money.js';

test.each([
  [1, 'USD', '0.01 USD'],
  [1_234_567, 'USD', '12,345.67 USD'],
  [0, 'EUR', '0.00 EUR'],
  [1_500, 'JPY', '1,500 JPY'],
  [12_345, 'KWD', '12.345 KWD'],
  [-250, 'USD', '-2.50 USD'],
  [Number.MAX_SAFE_INTEGER, 'USD', '90,071,992,547,409.91 USD'],
])('given %i minor units of %s, writes %s', (amount, currency, text) => {
  expect(formatMoney(amount, currency)).toBe(text);
});
