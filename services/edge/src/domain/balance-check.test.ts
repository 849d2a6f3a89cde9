import { expect, test } from '@jest/globals';
import { declineOfBalance } from './balance-check.js';

const payer = { status: 'active', available: 100 };
const payee = { status: 'active', posted: 10, maxBalance: null };
const capped = { ...payee, maxBalance: 105 };
const closed = { ...payee, status: 'closed' };
const fee = 5;

test.each([
  [95, { payer, payee }, null],
  [96, { payer, payee }, 'insufficient-funds'],
  [1, { payer: { ...payer, status: 'frozen' }, payee }, 'wallet-not-active'],
  [1, { payer, payee: { ...payee, status: 'frozen' } }, null],
  [1, { payer, payee: closed }, 'wallet-not-active'],
  [1, { payer: undefined, payee }, 'wallet-not-found'],
  [95, { payer, payee: capped }, null],
  [95, { payer, payee: { ...capped, posted: 11 } }, 'balance-limit-exceeded'],
  // The ledger takes the fee last.
  [96, { payer, payee: { ...capped, posted: 11 } }, 'balance-limit-exceeded'],
  [101, { payer, payee: { ...capped, posted: 11 } }, 'insufficient-funds'],
  [1, { payer, payee: { ...payee, posted: Number.MAX_SAFE_INTEGER } }, 'balance-limit-exceeded'],
])('given an amount of %i and %j, then the ledger would say %j', (amount, parties, expected) => {
  expect(declineOfBalance({ amount, fee, arriving: amount }, parties)).toBe(expected);
});

test('what arrives is what counts for the payee, in his currency', () => {
  const parties = { payer, payee: capped };
  expect(declineOfBalance({ amount: 1, fee, arriving: 96 }, parties)).toBe('balance-limit-exceeded');
});
