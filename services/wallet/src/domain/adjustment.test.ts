import { describe, expect, test } from '@jest/globals';
import { bookkeeper, wallet } from '../../tests/bookkeeper.js';
import type { AdjustedSide, AdjustmentCommand } from './ledger-command.js';
import { systemAccountId } from './system-account.js';

const now = 1_000;
const account = (name: string): AdjustedSide => ({ walletId: null, account: name });
const customer = (walletId: string): AdjustedSide => ({ walletId, account: null });
const adjustment = (source: AdjustedSide, destination: AdjustedSide, amount = 40): AdjustmentCommand => ({
  kind: 'adjustment',
  transactionId: `adjust-${JSON.stringify([source, destination, amount])}`,
  deadlineAt: null,
  source,
  destination,
  amount,
  currency: 'USD',
  description: 'found by a reconciliation',
});
const kinds = ['cash-in', 'cash-out', 'suspense', 'fees'] as const;
const open = (posted: number, more: object = {}) =>
  bookkeeper([
    wallet('a', posted, more),
    ...kinds.map((kind) => wallet(systemAccountId(kind, 'USD', 0), 0, { kind: 'system' })),
  ]);

describe('an adjustment', () => {
  test('moves what came in without an owner to suspense, and from there to its owner', () => {
    const books = open(0);
    const { verdicts } = books.decide(
      now,
      adjustment(account('cash-in'), account('suspense')),
      adjustment(account('suspense'), customer('a')),
    );
    expect(verdicts).toEqual(['posted', 'posted']);
    expect(books.wallets.get(systemAccountId('suspense', 'USD', 0))).toMatchObject({ posted: 0 });
    expect(books.wallets.get('a')).toMatchObject({ posted: 40 });
  });

  test.each<[string, AdjustedSide, AdjustedSide, number, object?]>([
    ['wallet-not-found', account('fees'), customer('a'), 40],
    ['wallet-not-found', { walletId: 'a', account: 'suspense' }, account('cash-in'), 40],
    ['wallet-not-found', account('suspense'), customer('nobody'), 40],
    ['wallet-not-found', account('suspense'), customer(systemAccountId('fees', 'USD', 0)), 40],
    ['same-wallet', account('suspense'), account('suspense'), 40],
    ['amount-invalid', account('cash-in'), account('suspense'), 0],
    ['insufficient-funds', customer('a'), account('suspense'), 101],
    ['currency-mismatch', account('suspense'), customer('a'), 40, { currency: 'EUR' }],
    ['wallet-not-active', account('suspense'), customer('a'), 40, { status: 'closed' }],
  ])('is refused as %s', (reason, source, destination, amount, more = {}) => {
    const books = open(100, more);
    expect(books.decide(now, adjustment(source, destination, amount)).verdicts).toEqual([reason]);
  });
});
