import { describe, expect, test } from '@jest/globals';
import { bookkeeper, capture, deposit, hold, reversal, transfer, wallet } from '../../tests/bookkeeper.js';
import { systemAccountId } from './system-account.js';
import type { WalletState } from './wallet-state.js';

const now = 1_000;
const account = (kind: 'cash-in' | 'cash-out' | 'fees' | 'fx', currency = 'USD'): WalletState =>
  wallet(systemAccountId(kind, currency, 0), 0, { kind: 'system', currency });
const open = (...more: WalletState[]) =>
  bookkeeper([
    wallet('a', 1_000),
    wallet('shop', 0),
    account('cash-in'),
    account('cash-out'),
    account('fees'),
    account('fx'),
    account('fx', 'JPY'),
    ...more,
  ]);

describe('a reversal', () => {
  test('moves parts back until nothing is left, and keeps the fee', () => {
    const books = open();
    const paid = transfer('a', 'shop', 100, { fee: 5 });
    const id = paid.transactionId;
    books.decide(now, paid);
    const { verdicts, decisions } = books.decide(
      now,
      reversal(id, 30),
      reversal(id, 71),
      reversal(id, null),
      reversal(id, 1),
    );
    expect(verdicts).toEqual(['posted', 'reversal-exceeds-original', 'posted', 'already-reversed']);
    expect(decisions.map((one) => one.reversible)).toEqual([70, undefined, 0, undefined]);
    expect(books.wallets.get('a')).toMatchObject({ posted: 995 });
    expect(books.wallets.get('shop')).toMatchObject({ posted: 0 });
  });

  test('of a deposit goes back where it came from, of a capture to the holder', () => {
    const books = open();
    const paidIn = deposit('a', 50);
    const placed = hold('a', 40);
    const captured = capture(placed.transactionId, 40, { destinationWalletId: null });
    books.decide(now, paidIn, placed, captured);
    expect(
      books.decide(now, reversal(paidIn.transactionId, 20), reversal(captured.transactionId, 15)).verdicts,
    ).toEqual(['posted', 'posted']);
    expect(books.wallets.get('a')).toMatchObject({ posted: 1_000 + 50 - 40 - 20 + 15 });
    expect(books.wallets.get(account('cash-in').id)).toMatchObject({ posted: -30 });
    expect(books.wallets.get(account('cash-out').id)).toMatchObject({ posted: 25 });
  });

  test('never exceeds the capture, however many refunds there are', () => {
    const books = open();
    const placed = hold('a', 100);
    const captured = capture(placed.transactionId, 60, { final: true });
    books.decide(now, placed, captured);
    const refunds = Array.from({ length: 5 }, () => reversal(captured.transactionId, 25));
    expect(books.decide(now, ...refunds).verdicts.filter((verdict) => verdict === 'posted')).toHaveLength(2);
    expect(books.wallets.get('a')).toMatchObject({ posted: 990 });
  });

  test('is refused when the receiver has spent the money', () => {
    const books = open();
    const paid = transfer('a', 'shop', 100);
    books.decide(now, paid, transfer('shop', 'a', 1));
    expect(books.decide(now, reversal(paid.transactionId, null)).verdicts).toEqual(['insufficient-funds']);
  });

  test('of what was declined, is a reversal itself, or does not exist is refused', () => {
    const books = open();
    const unpaid = transfer('a', 'shop', 5_000);
    const paid = transfer('a', 'shop', 10);
    const back = reversal(paid.transactionId, 5);
    expect(
      books
        .decide(
          now,
          unpaid,
          paid,
          back,
          reversal(unpaid.transactionId, null),
          reversal(back.transactionId, null),
          reversal('nothing', null),
          reversal(paid.transactionId, 0),
        )
        .verdicts.slice(3),
    ).toEqual(['not-reversible', 'not-reversible', 'transaction-not-found', 'amount-invalid']);
  });

  test('in parts of an exchange gives back exactly what was received', () => {
    const books = open(wallet('yen', 0, { currency: 'JPY' }));
    const paid = transfer('a', 'yen', 1_000, { exchange: { currency: 'JPY', rate: '149.35' } });
    const id = paid.transactionId;
    books.decide(now, paid);
    expect(books.wallets.get('yen')).toMatchObject({ posted: 1_493 });
    // 497.34, 994.67 and 1,492.01 yen in sum, each rounded up against who gives back; then what there is.
    for (const [part, left] of [
      [333, 995],
      [333, 498],
      [333, 0],
      [1, 0],
    ] as const) {
      expect(books.decide(now, reversal(id, part)).verdicts).toEqual(['posted']);
      expect(books.wallets.get('yen')).toMatchObject({ posted: left });
    }
    expect(books.wallets.get('yen')).toMatchObject({ posted: 0 });
    expect(books.wallets.get('a')).toMatchObject({ posted: 1_000 });
    expect(books.wallets.get(account('fx').id)).toMatchObject({ posted: 0 });
    expect(books.wallets.get(account('fx', 'JPY').id)).toMatchObject({ posted: 0 });
  });

  test('to a frozen wallet is paid, from one is not', () => {
    const books = open(wallet('cold', 50, { status: 'frozen' }));
    const thaw = bookkeeper([...books.wallets.values(), wallet('cold', 50)]);
    const out = transfer('cold', 'shop', 10);
    const into = transfer('a', 'cold', 10);
    thaw.decide(now, out, into);
    (thaw.wallets as Map<string, WalletState>).set('cold', {
      ...thaw.wallets.get('cold')!,
      status: 'frozen',
    });
    expect(
      thaw.decide(now, reversal(out.transactionId, null), reversal(into.transactionId, null)).verdicts,
    ).toEqual(['posted', 'wallet-not-active']);
  });
});
