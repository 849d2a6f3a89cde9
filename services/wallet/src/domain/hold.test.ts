import { describe, expect, test } from '@jest/globals';
import { bookkeeper, capture, deposit, hold, transfer, wallet } from '../../tests/bookkeeper.js';
import type { LedgerCommand } from './ledger-command.js';
import { systemAccountId } from './system-account.js';

const now = 1_000;
const open = (posted: number, more: object = {}) =>
  bookkeeper([
    wallet('a', posted, more),
    wallet('shop', 0),
    wallet(systemAccountId('cash-in', 'USD', 0), 0, { kind: 'system' }),
    wallet(systemAccountId('cash-out', 'USD', 0), 0, { kind: 'system' }),
  ]);
const operation = (kind: 'void' | 'expiry', holdId: string): LedgerCommand => ({
  kind,
  transactionId: `${kind}-${holdId}`,
  holdId,
  deadlineAt: null,
});
const increment = (holdId: string, amount: number, expiresAt: number | null = null): LedgerCommand => ({
  kind: 'increment',
  transactionId: `more-${holdId}-${amount}`,
  holdId,
  amount,
  expiresAt,
  deadlineAt: null,
});

describe('a hold', () => {
  test('is an entry without an amount, and counts against what can be spent', () => {
    const books = open(100);
    const placed = hold('a', 60);
    const { decisions, verdicts } = books.decide(now, placed, transfer('a', 'shop', 41));
    expect(decisions[0]!.entries).toEqual([
      {
        entryId: 'entry-0',
        transactionId: placed.transactionId,
        walletId: 'a',
        sequence: 1,
        amount: 0,
        heldChange: 60,
        posted: 100,
        held: 60,
        available: 40,
        holdId: placed.transactionId,
      },
    ]);
    expect(verdicts).toEqual(['posted', 'insufficient-funds']);
  });

  test('can be placed on money that came in the same batch, and be captured in it', () => {
    const books = open(0);
    const placed = hold('a', 100);
    const { verdicts } = books.decide(now, deposit('a', 100), placed, capture(placed.transactionId, 100));
    expect(verdicts).toEqual(['posted', 'posted', 'posted']);
    expect(books.wallets.get('a')).toMatchObject({ posted: 0, held: 0 });
    expect(books.holds.get(placed.transactionId)).toMatchObject({ status: 'captured', captured: 100 });
  });

  test('is captured in parts until nothing remains, and never for more', () => {
    const books = open(100);
    const placed = hold('a', 60);
    const id = placed.transactionId;
    books.decide(now, placed);
    expect(books.decide(now, capture(id, 20), capture(id, 41), capture(id, 40)).verdicts).toEqual([
      'posted',
      'hold-exceeded',
      'posted',
    ]);
    expect(books.wallets.get('a')).toMatchObject({ posted: 40, held: 0 });
    expect(books.wallets.get('shop')).toMatchObject({ posted: 60 });
    expect(books.decide(now, capture(id, 1), operation('void', id)).verdicts).toEqual([
      'hold-captured',
      'hold-captured',
    ]);
  });

  test('gives back what a final capture leaves, in the same entry', () => {
    const books = open(100);
    const placed = hold('a', 60);
    const final = capture(placed.transactionId, 25, { final: true });
    const { decisions } = books.decide(now, placed, final);
    expect(decisions[1]).toMatchObject({
      released: 35,
      hold: { status: 'captured', captured: 25, remaining: 0, resolvedAt: now },
      entries: [
        { walletId: 'a', amount: -25, heldChange: -60, available: 75 },
        { walletId: 'shop', amount: 25 },
      ],
    });
  });

  test('that is captured for nobody on the platform pays the cash-out account', () => {
    const books = open(100);
    const placed = hold('a', 60);
    books.decide(now, placed, capture(placed.transactionId, 60, { destinationWalletId: null }));
    expect(books.wallets.get(systemAccountId('cash-out', 'USD', 0))).toMatchObject({ posted: 60 });
  });

  test('grows by an increment as far as there is money, and gets the later end', () => {
    const books = open(100);
    const placed = hold('a', 60);
    const id = placed.transactionId;
    books.decide(now, placed);
    const { verdicts } = books.decide(now, increment(id, 40, 20_000), increment(id, 1), increment(id, 2, 5));
    expect(verdicts).toEqual(['posted', 'insufficient-funds', 'insufficient-funds']);
    expect(books.holds.get(id)).toMatchObject({ amount: 100, remaining: 100, expiresAt: 20_000 });
  });

  test('is voided once; after that nothing can be done with it', () => {
    const books = open(100);
    const placed = hold('a', 60);
    const id = placed.transactionId;
    const { decisions, verdicts } = books.decide(
      now,
      placed,
      operation('void', id),
      capture(id, 1),
      increment(id, 1),
      { ...operation('void', id), transactionId: 'again' },
    );
    expect(verdicts).toEqual(['posted', 'posted', 'hold-voided', 'hold-voided', 'hold-voided']);
    expect(decisions[1]).toMatchObject({
      released: 60,
      entries: [{ amount: 0, heldChange: -60, available: 100 }],
    });
  });

  test('that nobody has placed is refused by name', () => {
    const { verdicts } = open(1).decide(now, capture('no', 1), operation('void', 'no'), increment('no', 1));
    expect(verdicts).toEqual(['hold-not-found', 'hold-not-found', 'hold-not-found']);
  });
});

describe('the end of a hold', () => {
  test('refuses captures from the instant it expires, whether or not the clock has resolved it', () => {
    const books = open(100);
    const placed = hold('a', 60, { expiresAt: 5_000 });
    const id = placed.transactionId;
    books.decide(now, placed);
    expect(books.decide(4_999, capture(id, 1)).verdicts).toEqual(['posted']);
    expect(books.decide(5_000, capture(id, 1), increment(id, 1)).verdicts).toEqual([
      'hold-expired',
      'hold-expired',
    ]);
    expect(books.decide(5_000, operation('expiry', id)).decisions).toMatchObject([{ released: 59 }]);
    expect(books.decide(5_000, capture(id, 2)).verdicts).toEqual(['hold-expired']);
    expect(books.wallets.get('a')).toMatchObject({ posted: 99, held: 0 });
  });

  test('is no decision before its time, or when the hold is resolved', () => {
    const books = open(100);
    const placed = hold('a', 60, { expiresAt: 5_000 });
    const id = placed.transactionId;
    books.decide(now, placed);
    expect(books.decide(4_999, operation('expiry', id)).decisions).toEqual([]);
    books.decide(now, operation('void', id));
    expect(books.decide(5_000, operation('expiry', id)).decisions).toEqual([]);
  });

  test('that is over already cannot begin', () => {
    expect(open(100).decide(now, hold('a', 1, { expiresAt: now })).verdicts).toEqual(['hold-expired']);
  });
});

describe('a frozen wallet', () => {
  test('pays what was promised before, and promises nothing more', () => {
    const books = bookkeeper([wallet('a', 100), wallet('shop', 0)]);
    const placed = hold('a', 60);
    const id = placed.transactionId;
    books.decide(now, placed);
    const frozen = bookkeeper([
      wallet('a', 100, { status: 'frozen', held: 60, sequence: 1 }),
      wallet('shop', 0),
    ]);
    (frozen.holds as Map<string, unknown>).set(id, books.holds.get(id));
    expect(frozen.decide(now, hold('a', 1), increment(id, 1), capture(id, 60)).verdicts).toEqual([
      'wallet-not-active',
      'wallet-not-active',
      'posted',
    ]);
  });
});
