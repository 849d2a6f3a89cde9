import { describe, expect, test } from '@jest/globals';
import { bookkeeper, capture, deposit, hold, wallet } from '../../tests/bookkeeper.js';
import { systemAccountId } from './system-account.js';
import type { WalletState } from './wallet-state.js';

const now = 1_000;
const accounts = (['cash-in', 'cash-out', 'fees'] as const).map((kind) => systemAccountId(kind, 'USD', 0));
const [cashIn, cashOut, fees] = accounts as [string, string, string];
const open = (posted: number, more: object = {}) =>
  bookkeeper([wallet('a', posted, more), ...accounts.map((id) => wallet(id, 0, { kind: 'system' }))]);
const payOut = (holdId: string) => capture(holdId, 100, { destinationWalletId: null, final: true });

describe('the fee of a deposit', () => {
  test('is taken from what came in, and the wallet receives the rest in one line', () => {
    const books = open(0);
    const { decisions } = books.decide(now, { ...deposit('a', 100), fee: 3 });
    expect(decisions[0]!.entries.map(({ walletId, amount }) => [walletId, amount])).toEqual([
      [cashIn, -100],
      ['a', 97],
      [fees, 3],
    ]);
  });

  test.each([100, 101, -1, 0.5])('of %d on 100 is refused', (fee) => {
    const books = open(1_000);
    expect(books.decide(now, { ...deposit('a', 100), fee }).verdicts).toEqual(['amount-invalid']);
  });

  test('keeps money from no wallet that is frozen', () => {
    const books = open(0, { status: 'frozen' });
    expect(books.decide(now, { ...deposit('a', 100), fee: 3 }).verdicts).toEqual(['posted']);
  });
});

describe('the fee of a capture', () => {
  test.each(['active', 'frozen'])('comes out of the hold, of a wallet that is %s by then', (status) => {
    const books = open(103);
    const placed = hold('a', 103);
    books.decide(now, placed);
    (books.wallets as Map<string, WalletState>).set('a', { ...books.wallets.get('a')!, status });
    const pay = { ...payOut(placed.transactionId), fee: 3 };
    const { decisions, verdicts } = books.decide(now, pay);
    expect(verdicts).toEqual(['posted']);
    expect(
      decisions[0]!.entries.map(({ walletId, amount, heldChange }) => [walletId, amount, heldChange]),
    ).toEqual([
      ['a', -100, -100],
      [cashOut, 100, 0],
      ['a', -3, -3],
      [fees, 3, 0],
    ]);
    expect(books.wallets.get('a')).toMatchObject({ posted: 0, held: 0 });
  });

  test('counts against what is held', () => {
    const books = open(103);
    const placed = hold('a', 102);
    const pay = { ...payOut(placed.transactionId), fee: 3 };
    expect(books.decide(now, placed, pay).verdicts).toEqual(['posted', 'hold-exceeded']);
  });

  test('is no fee that the ledger decided before when it is another', () => {
    const books = open(103);
    const placed = hold('a', 103);
    const pay = { ...payOut(placed.transactionId), fee: 3 };
    books.decide(now, placed, pay);
    expect(() => books.decide(now, { ...pay, fee: 2 })).toThrow('on other terms');
  });
});
