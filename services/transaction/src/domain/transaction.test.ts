import { describe, expect, test } from '@jest/globals';
import {
  completedEvent,
  declinedEvent,
  failedEvent,
  isTerminal,
  reversalStep,
  reversedEvent,
  reversedVersion,
  type Transaction,
  transactionTransitions,
} from './transaction.js';

const transaction: Transaction = {
  id: 't',
  type: 'transfer',
  status: 'completed',
  sourceWalletId: 'a',
  sourceOwnerId: 'ada',
  destinationWalletId: 'b',
  destinationOwnerId: 'bob',
  amount: 100,
  fee: 1,
  currency: 'USD',
  description: null,
  declineReason: null,
  createdAt: 1,
  completedAt: 2,
  origin: null,
};

describe('the states of a transaction', () => {
  test('are left as the table says, and in no other way', () => {
    const ways = Object.values(transactionTransitions).map(({ from, to }) => `${from} > ${to}`);
    expect(ways.sort()).toEqual([
      'completed > completed',
      'completed > reversed',
      'pending > completed',
      'pending > declined',
      'pending > failed',
    ]);
  });

  test.each([
    ['pending', false],
    ['completed', false],
    ['declined', true],
    ['failed', true],
    ['reversed', true],
  ] as const)('given %s, nothing leads away from it: %s', (status, expected) => {
    expect(isTerminal(status)).toBe(expected);
  });

  test('given the last part of the amount, then a reversal is in full', () => {
    expect(reversalStep(100, 99)).toBe('reverse-in-part');
    expect(reversalStep(100, 100)).toBe('reverse-in-full');
  });

  test('given reversals in parts, then the version grows with each', () => {
    expect([0, 1, 100].map(reversedVersion)).toEqual([2, 3, 102]);
  });
});

describe('an event of a transaction', () => {
  test('says what became of it', () => {
    const { id: _, status: _s, declineReason: _r, ...facts } = transaction;
    expect(completedEvent(transaction, [], [])).toEqual({
      transactionId: 't',
      ...facts,
      entries: [],
      hops: [],
      exchange: null,
    });
    const declined = { ...transaction, status: 'declined', declineReason: 'no' } as const;
    expect(declinedEvent(declined, [])).toEqual({
      transactionId: 't',
      ...facts,
      declineReason: 'no',
      hops: [],
    });
    const failed = { ...transaction, status: 'failed', declineReason: 'late' } as const;
    expect(failedEvent(failed, [])).toEqual({
      transactionId: 't',
      ...facts,
      failureReason: 'late',
      hops: [],
    });
    expect(reversedEvent({ ...transaction, reversedAmount: 30 })).toMatchObject({
      transactionId: 't',
      amount: 100,
      reversedAmount: 30,
    });
  });

  test('is not made of a transaction in another status', () => {
    expect(() => declinedEvent(transaction, [])).toThrow('is not declined');
    expect(() => failedEvent(transaction, [])).toThrow('is not failed');
    expect(() => completedEvent({ ...transaction, completedAt: null }, [], [])).toThrow('has not ended');
  });
});
