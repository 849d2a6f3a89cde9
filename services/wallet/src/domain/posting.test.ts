import { describe, expect, test } from '@jest/globals';
import { decidePostings, type PostingCommand, type WalletState } from './posting.js';

const max = Number.MAX_SAFE_INTEGER;
const now = 1_000;

function wallet(id: string, posted: number, more: Partial<WalletState> = {}): WalletState {
  return {
    id,
    kind: 'customer',
    currency: 'USD',
    status: 'active',
    posted,
    held: 0,
    overdraftLimit: 0,
    maxBalance: null,
    sequence: 0,
    lastEntryAt: 0,
    ...more,
  };
}

function transfer(
  from: string,
  to: string,
  amount: number,
  more: Partial<PostingCommand> = {},
): PostingCommand {
  return {
    transactionId: `${from}-${to}-${amount}`,
    sourceWalletId: from,
    destinationWalletId: to,
    amount,
    fee: 0,
    feeWalletId: 'fees',
    sourceKind: 'customer',
    currency: 'USD',
    description: null,
    deadlineAt: null,
    ...more,
  };
}

function decide(wallets: readonly WalletState[], ...commands: readonly PostingCommand[]) {
  return decidePostings(new Map(wallets.map((w) => [w.id, w])), commands, now);
}

function reasonOf(wallets: readonly WalletState[], command: PostingCommand): string {
  const decision = decide(wallets, command).decisions[0]!;
  return decision.status === 'declined' ? decision.reason : decision.status;
}

describe('a posting', () => {
  test('given funds, when money is sent, then two entries carry the balances after them', () => {
    const { decisions, changed } = decide([wallet('a', 500), wallet('b', 7)], transfer('a', 'b', 200));
    expect(decisions).toEqual([
      {
        status: 'posted',
        entries: [
          { walletId: 'a', sequence: 1, amount: -200, posted: 300, held: 0, available: 300 },
          { walletId: 'b', sequence: 1, amount: 200, posted: 207, held: 0, available: 207 },
        ],
      },
    ]);
    expect(changed.get('a')).toMatchObject({ posted: 300, sequence: 1 });
    expect(changed.get('b')).toMatchObject({ posted: 207, sequence: 1 });
  });

  test('given commands on one wallet, then each sees what the one before left', () => {
    const { decisions, changed } = decide(
      [wallet('a', 100), wallet('b', 0)],
      transfer('a', 'b', 60),
      transfer('a', 'b', 60),
      transfer('b', 'a', 30),
      transfer('a', 'b', 65),
    );
    expect(decisions.map((d) => d.status)).toEqual(['posted', 'declined', 'posted', 'posted']);
    expect(changed.get('a')).toMatchObject({ posted: 5, sequence: 3 });
    expect(changed.get('b')).toMatchObject({ posted: 95, sequence: 3 });
  });

  test('a fee is charged with the amount, as a pair of entries of its own, or nothing moves', () => {
    const fees = wallet('fees', 0, { kind: 'system' });
    const paid = decide([wallet('a', 105), wallet('b', 0), fees], transfer('a', 'b', 100, { fee: 5 }));
    expect(paid.decisions[0]).toMatchObject({
      entries: [
        { walletId: 'a', sequence: 1, amount: -100 },
        { walletId: 'b', sequence: 1, amount: 100 },
        { walletId: 'a', sequence: 2, amount: -5, posted: 0 },
        { walletId: 'fees', sequence: 1, amount: 5, posted: 5 },
      ],
    });
    const short = decide([wallet('a', 104), wallet('b', 0), fees], transfer('a', 'b', 100, { fee: 5 }));
    expect(short.decisions[0]).toEqual({ status: 'declined', reason: 'insufficient-funds' });
    expect(short.changed.size).toBe(0);
  });

  test('holds count against what can be spent, an overdraft for it', () => {
    expect(reasonOf([wallet('a', 100, { held: 60 }), wallet('b', 0)], transfer('a', 'b', 41))).toBe(
      'insufficient-funds',
    );
    const { changed } = decide(
      [wallet('a', 100, { held: 60, overdraftLimit: 10 }), wallet('b', 0)],
      transfer('a', 'b', 50),
    );
    expect(changed.get('a')).toMatchObject({ posted: 50, held: 60 });
  });

  test('money from outside comes from a system account, which has no floor', () => {
    const cash = wallet('cash', 0, { kind: 'system' });
    const deposit = transfer('cash', 'a', 10, { sourceKind: 'system' });
    expect(decide([cash, wallet('a', 0)], deposit).changed.get('cash')).toMatchObject({ posted: -10 });
  });
});

describe('a refusal', () => {
  const rich = [wallet('a', 1_000), wallet('b', 0)];
  const cases: [string, readonly WalletState[], PostingCommand][] = [
    ['wallet-not-found', [wallet('a', 1)], transfer('a', 'b', 1)],
    ['wallet-not-found', [wallet('b', 1)], transfer('a', 'b', 1)],
    ['wallet-not-active', [wallet('a', 1, { status: 'frozen' }), wallet('b', 0)], transfer('a', 'b', 1)],
    ['wallet-not-active', [wallet('a', 1), wallet('b', 0, { status: 'closed' })], transfer('a', 'b', 1)],
    ['currency-mismatch', [wallet('a', 1), wallet('b', 0, { currency: 'EUR' })], transfer('a', 'b', 1)],
    ['currency-mismatch', rich, transfer('a', 'b', 1, { currency: 'EUR' })],
    ['insufficient-funds', rich, transfer('a', 'b', 1_001)],
    ['balance-limit-exceeded', [wallet('a', 9), wallet('b', 5, { maxBalance: 9 })], transfer('a', 'b', 5)],
    ['same-wallet', rich, transfer('a', 'a', 1)],
    ['amount-invalid', rich, transfer('a', 'b', 0)],
    ['amount-invalid', rich, transfer('a', 'b', -5)],
    ['amount-invalid', rich, transfer('a', 'b', 1.5)],
    ['amount-invalid', rich, transfer('a', 'b', 1, { fee: -1 })],
    ['deadline-exceeded', rich, transfer('a', 'b', 1, { deadlineAt: now - 1 })],
  ];
  test.each(cases)('is named %s', (reason, wallets, command) => {
    expect(reasonOf(wallets, command)).toBe(reason);
  });

  test('a customer cannot name a system account on either side', () => {
    const cash = wallet('cash', 0, { kind: 'system' });
    expect(reasonOf([cash, wallet('a', 5)], transfer('cash', 'a', 1))).toBe('wallet-not-found');
    expect(reasonOf([cash, wallet('a', 5)], transfer('a', 'cash', 1))).toBe('wallet-not-found');
  });

  test('the instant of the deadline itself is in time', () => {
    expect(reasonOf(rich, transfer('a', 'b', 1, { deadlineAt: now }))).toBe('posted');
  });
});

describe('at the edge of exact numbers', () => {
  test('the last exact balance is reached, and one more is declined', () => {
    const wallets = [wallet('a', max), wallet('b', max - 1)];
    expect(reasonOf(wallets, transfer('a', 'b', 1))).toBe('posted');
    expect(reasonOf(wallets, transfer('a', 'b', 2))).toBe('balance-limit-exceeded');
  });

  test('an amount and fee that are exact each but not together are declined', () => {
    const fees = wallet('fees', 0, { kind: 'system' });
    expect(reasonOf([wallet('a', max), wallet('b', 0), fees], transfer('a', 'b', max, { fee: max }))).toBe(
      'insufficient-funds',
    );
  });

  test('a system account at its lower bound declines instead of rounding', () => {
    const cash = wallet('cash', -max, { kind: 'system' });
    expect(reasonOf([cash, wallet('a', 0)], transfer('cash', 'a', 1, { sourceKind: 'system' }))).toBe(
      'balance-limit-exceeded',
    );
  });

  test('an overdraft may not lift what is available past the bound', () => {
    const wallets = [wallet('a', max), wallet('b', 0, { overdraftLimit: max })];
    expect(reasonOf(wallets, transfer('a', 'b', 1))).toBe('balance-limit-exceeded');
  });
});
