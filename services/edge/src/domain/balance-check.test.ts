import { expect, test } from '@jest/globals';
import { declineOfBalance } from './balance-check.js';

const payer = { status: 'active', available: 100 };
const payee = { status: 'active', posted: 10, maxBalance: null };
const capped = { ...payee, maxBalance: 105 };

test.each([
  [100, { payer, payee }, null],
  [101, { payer, payee }, 'insufficient-funds'],
  [1, { payer: { ...payer, status: 'frozen' }, payee }, 'wallet-not-active'],
  [1, { payer, payee: { ...payee, status: 'frozen' } }, null],
  [1, { payer, payee: { ...payee, status: 'closed' } }, 'wallet-not-active'],
  [1, { payer: undefined, payee }, 'wallet-not-found'],
  // The fee of five does not arrive.
  [100, { payer, payee: capped }, null],
  [100, { payer, payee: { ...capped, posted: 11 } }, 'balance-limit-exceeded'],
  [101, { payer, payee: { ...capped, posted: 11 } }, 'insufficient-funds'],
  [1, { payer, payee: { ...payee, posted: Number.MAX_SAFE_INTEGER } }, null],
])('given a total of %i and %j, then the ledger would say %j', (total, parties, expected) => {
  expect(declineOfBalance({ total, arriving: Math.max(total - 5, 0) }, parties)).toBe(expected);
});

test('what arrives is what counts for the payee, in his currency', () => {
  expect(declineOfBalance({ total: 1, arriving: 96 }, { payer, payee: capped })).toBe(
    'balance-limit-exceeded',
  );
});
