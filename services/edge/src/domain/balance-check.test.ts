import { expect, test } from '@jest/globals';
import { declineOfBalance } from './balance-check.js';

const payer = { status: 'active', available: 100 };
const payee = { status: 'active' };

test.each([
  [100, { payer, payee }, null],
  [101, { payer, payee }, 'insufficient-funds'],
  [1, { payer: { ...payer, status: 'frozen' }, payee }, 'wallet-not-active'],
  [1, { payer, payee: { status: 'frozen' } }, null],
  [1, { payer, payee: { status: 'closed' } }, 'wallet-not-active'],
  [1, { payer: undefined, payee }, 'wallet-not-found'],
])('given a total of %i and %j, then the ledger would say %j', (total, parties, expected) => {
  expect(declineOfBalance(total, parties)).toBe(expected);
});
