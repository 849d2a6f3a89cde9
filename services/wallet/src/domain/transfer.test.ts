import { describe, expect, test } from '@jest/globals';
import { bookkeeper, deposit, transfer, wallet } from '../../tests/bookkeeper.js';
import type { LedgerCommand } from './ledger-command.js';
import { systemAccountId } from './system-account.js';
import type { WalletState } from './wallet-state.js';

const max = Number.MAX_SAFE_INTEGER;
const now = 1_000;
const account = (kind: 'cash-in' | 'fees') => systemAccountId(kind, 'USD', 0);
const system = (kind: 'cash-in' | 'fees', posted = 0) => wallet(account(kind), posted, { kind: 'system' });

function decide(wallets: readonly WalletState[], ...commands: readonly LedgerCommand[]) {
  return bookkeeper(wallets).decide(now, ...commands);
}

function reasonOf(wallets: readonly WalletState[], command: LedgerCommand): string {
  return decide(wallets, command).verdicts[0]!;
}

describe('a posting', () => {
  test('given funds, when money is sent, then two entries carry the balances after them', () => {
    const { decisions, changed } = decide([wallet('a', 500), wallet('b', 7)], transfer('a', 'b', 200));
    const common = { sequence: 1, heldChange: 0, held: 0, holdId: null };
    expect(decisions).toMatchObject([
      {
        transfer: { kind: 'transfer', sourceWalletId: 'a', destinationWalletId: 'b', declineReason: null },
        entries: [
          { walletId: 'a', amount: -200, posted: 300, available: 300, ...common },
          { walletId: 'b', amount: 200, posted: 207, available: 207, ...common },
        ],
      },
    ]);
    expect(changed.get('a')).toMatchObject({ posted: 300, sequence: 1 });
    expect(changed.get('b')).toMatchObject({ posted: 207, sequence: 1 });
  });

  test('given commands on one wallet, then each sees what the one before left', () => {
    const { verdicts, changed } = decide(
      [wallet('a', 100), wallet('b', 0)],
      transfer('a', 'b', 60),
      transfer('a', 'b', 60),
      transfer('b', 'a', 30),
      transfer('a', 'b', 65),
    );
    expect(verdicts).toEqual(['posted', 'insufficient-funds', 'posted', 'posted']);
    expect(changed.get('a')).toMatchObject({ posted: 5, sequence: 3 });
    expect(changed.get('b')).toMatchObject({ posted: 95, sequence: 3 });
  });

  test('a fee is charged with the amount, as a pair of entries of its own, or nothing moves', () => {
    const fees = system('fees');
    const paid = decide([wallet('a', 105), wallet('b', 0), fees], transfer('a', 'b', 100, { fee: 5 }));
    expect(paid.decisions[0]).toMatchObject({
      entries: [
        { walletId: 'a', sequence: 1, amount: -100 },
        { walletId: 'b', sequence: 1, amount: 100 },
        { walletId: 'a', sequence: 2, amount: -5, posted: 0 },
        { walletId: account('fees'), sequence: 1, amount: 5, posted: 5 },
      ],
    });
    const short = decide([wallet('a', 104), wallet('b', 0), fees], transfer('a', 'b', 100, { fee: 5 }));
    expect(short.decisions).toMatchObject([
      { entries: [], transfer: { declineReason: 'insufficient-funds' } },
    ]);
    expect(short.changed.get('a')).toMatchObject({ posted: 104, sequence: 0 });
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
    const { changed } = decide([system('cash-in'), wallet('a', 0)], deposit('a', 10));
    expect(changed.get(account('cash-in'))).toMatchObject({ posted: -10 });
  });
});

describe('a refusal', () => {
  const rich = [wallet('a', 1_000), wallet('b', 0)];
  const cases: [string, readonly WalletState[], LedgerCommand][] = [
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
    const fees = system('fees');
    expect(reasonOf([wallet('a', max), wallet('b', 0), fees], transfer('a', 'b', max, { fee: max }))).toBe(
      'insufficient-funds',
    );
  });

  test('a system account at its lower bound declines instead of rounding', () => {
    expect(reasonOf([system('cash-in', -max), wallet('a', 0)], deposit('a', 1))).toBe(
      'balance-limit-exceeded',
    );
  });

  test('an overdraft may not lift what is available past the bound', () => {
    const wallets = [wallet('a', max), wallet('b', 0, { overdraftLimit: max })];
    expect(reasonOf(wallets, transfer('a', 'b', 1))).toBe('balance-limit-exceeded');
  });
});
