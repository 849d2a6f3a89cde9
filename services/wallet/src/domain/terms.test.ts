import { describe, expect, test } from '@jest/globals';
import { bookkeeper, capture, deposit, hold, transfer, wallet } from '../../tests/bookkeeper.js';
import type { LedgerCommand } from './ledger-command.js';
import { systemAccountId, systemAccountShards } from './system-account.js';
import { sameTerms } from './terms.js';

const currencies = ['USD', 'EUR'];
const kinds = ['cash-in', 'cash-out', 'fx'] as const;
const open = () =>
  bookkeeper([
    wallet('a', 10_000),
    wallet('b', 0),
    wallet('c', 0, { currency: 'EUR' }),
    ...currencies.flatMap((currency) =>
      kinds.map((kind) => wallet(systemAccountId(kind, currency, 0), 0, { kind: 'system', currency })),
    ),
  ]);
const conflict = 'was decided before on other terms';

describe('a business key that comes back', () => {
  const exchange = (rate: string) => ({ currency: 'EUR', rate });
  const placed = hold('a', 500);
  const taken = capture(placed.transactionId, 100, { destinationWalletId: 'b' });
  const left = capture(placed.transactionId, 100, { destinationWalletId: null });
  const pay = transfer('a', 'b', 5);
  const changed = transfer('a', 'c', 100, { exchange: exchange('1.5') });
  const money = deposit('a', 7);

  test.each<[string, LedgerCommand, LedgerCommand]>([
    ['a transfer of another amount', pay, { ...pay, amount: 6 }],
    ['a transfer with another fee', pay, { ...pay, fee: 1 }],
    ['a transfer to somebody else', pay, { ...pay, destinationWalletId: 'c' }],
    ['an exchange at a rate that begins alike', changed, { ...changed, exchange: exchange('1.55') }],
    ['an exchange at a shorter rate', changed, { ...changed, exchange: exchange('1') }],
    ['an exchange without its rate', changed, { ...changed, exchange: null }],
    ['a capture for nobody instead of somebody', taken, { ...taken, destinationWalletId: null }],
    ['a capture for somebody instead of nobody', left, { ...left, destinationWalletId: 'b' }],
    ['a capture of another amount', taken, { ...taken, amount: 99 }],
    ['a deposit of another amount', money, { ...money, amount: 8 }],
    ['a deposit as a transfer', money, { ...pay, transactionId: money.transactionId }],
  ])('as %s is an error', (_what, first, again) => {
    const books = open();
    books.decide(1, placed, first);
    expect(books.decide(2, first).decisions).toEqual([]);
    expect(() => books.decide(2, again)).toThrow(conflict);
  });

  test('of a capture for nobody is known again whichever account it was paid from', () => {
    const { transfer: record } = open().decide(1, placed, left).decisions[1]!;
    for (let shard = 0; shard < systemAccountShards; shard++) {
      const destinationWalletId = systemAccountId('cash-out', 'USD', shard);
      expect(sameTerms(left, { ...record, destinationWalletId })).toBe(true);
    }
  });

  test('of an exchange that was refused for its long rate is known again', () => {
    const long = transfer('a', 'c', 100, { exchange: exchange(`1.${'3'.repeat(40)}`) });
    const books = open();
    expect(books.decide(1, long).verdicts).toEqual(['rate-invalid']);
    expect(books.decide(2, long).decisions).toEqual([]);
  });
});
