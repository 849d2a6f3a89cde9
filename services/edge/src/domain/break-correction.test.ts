import { describe, expect, test } from '@jest/globals';
import { refuseCorrection } from './break-correction.js';

const account = { account: 'cash-in' };
const wallet = { walletId: 'adas' };
const bounds = { providerAmount: 500, ourAmount: 300, walletIds: ['adas'] };
const pointersOf = (...[about, correction]: Parameters<typeof refuseCorrection>) =>
  refuseCorrection(about, correction).map(({ pointer }) => pointer);

describe('a correction', () => {
  test('moves no more than the larger of both sides of the payment', () => {
    expect(pointersOf(bounds, { from: account, to: wallet, amount: 500 })).toEqual([]);
    expect(pointersOf(bounds, { from: account, to: wallet, amount: 501 })).toEqual(['/adjustment/amount']);
    const missing = { ...bounds, providerAmount: null };
    expect(pointersOf(missing, { from: account, to: wallet, amount: 301 })).toEqual(['/adjustment/amount']);
  });

  test('concerns no wallet but those of the transaction', () => {
    const strange = { walletId: 'graces' };
    expect(pointersOf(bounds, { from: strange, to: wallet, amount: 1 })).toEqual([
      '/adjustment/from/walletId',
    ]);
    expect(pointersOf(bounds, { from: wallet, to: strange, amount: 1 })).toEqual(['/adjustment/to/walletId']);
  });

  test('of a payment that no transaction is known for may credit whom a person has found', () => {
    const unknown = { ...bounds, ourAmount: null, walletIds: undefined };
    expect(pointersOf(unknown, { from: account, to: { walletId: 'graces' }, amount: 500 })).toEqual([]);
  });
});
