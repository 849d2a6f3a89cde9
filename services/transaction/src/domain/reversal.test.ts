import { describe, expect, test } from '@jest/globals';
import { type Reversible, refuseReversal } from './reversal.js';

const now = 1_000;
const original: Reversible = {
  status: 'completed',
  sourceWalletId: 'a',
  destinationWalletId: 'b',
  amount: 100,
  reversedAmount: 30,
  origin: null,
  isExchange: false,
};
const request = { amount: null, deadlineAt: null, byOperator: false, originalCompleted: false };

describe('a reversal', () => {
  test.each([
    ['all that is left', { amount: null }],
    ['exactly what is left', { amount: 70 }],
    ['at the instant of its deadline', { deadlineAt: now }],
  ])('of %s goes on to the ledger', (_name, more) => {
    expect(refuseReversal({ ...request, ...more }, original, now)).toBeUndefined();
  });

  test('of an item of a bulk or an occurrence of a schedule goes on to the ledger', () => {
    for (const kind of ['bulk', 'scheduled-transfer']) {
      expect(refuseReversal(request, { ...original, origin: { kind, id: 'x' } }, now)).toBeUndefined();
    }
  });

  test('of what the ledger has posted, but this service has not heard of, goes on to the ledger', () => {
    const posted = { ...request, originalCompleted: true };
    expect(refuseReversal(posted, { ...original, status: 'pending' }, now)).toBeUndefined();
    expect(refuseReversal(posted, { ...original, status: 'declined' }, now)).toBe('not-reversible');
    expect(refuseReversal(posted, { ...original, status: 'pending', sourceWalletId: null }, now)).toBe(
      'not-reversible',
    );
  });

  test('of an exchange is for operators: a customer would choose between the old rate and the new one', () => {
    const exchange = { ...original, isExchange: true };
    expect(refuseReversal(request, exchange, now)).toBe('not-reversible');
    expect(refuseReversal({ ...request, byOperator: true }, exchange, now)).toBeUndefined();
  });

  test.each([
    ['reversal-exceeds-original', { amount: 71 }, original],
    ['amount-invalid', { amount: 0 }, original],
    ['amount-invalid', { amount: 1.5 }, original],
    ['deadline-exceeded', { deadlineAt: now - 1 }, original],
    ['transaction-not-found', {}, undefined],
    ['already-reversed', {}, { ...original, status: 'reversed', reversedAmount: 100 }],
    ['not-reversible', {}, { ...original, status: 'pending' }],
    ['not-reversible', {}, { ...original, status: 'declined' }],
    ['not-reversible', {}, { ...original, sourceWalletId: null }],
    ['not-reversible', {}, { ...original, destinationWalletId: null }],
    ['not-reversible', {}, { ...original, origin: { kind: 'transaction', id: 'x' } }],
  ])('is refused: %s', (reason, more, of) => {
    expect(refuseReversal({ ...request, ...more }, of, now)).toBe(reason);
  });
});
