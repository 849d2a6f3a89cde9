import { describe, expect, test } from '@jest/globals';
import { decideWalletStatus, type WalletStanding, type WalletStatus } from './wallet-status.js';

const wallet = (status: WalletStatus, more: Partial<WalletStanding> = {}): WalletStanding => ({
  status,
  posted: 0,
  held: 0,
  ...more,
});

describe('the status of a wallet', () => {
  test.each([
    ['active', 'frozen'],
    ['frozen', 'active'],
    ['active', 'closed'],
    ['frozen', 'closed'],
  ] as const)('goes from %s to %s', (from, to) => {
    expect(decideWalletStatus(wallet(from), to)).toEqual({ kind: 'changed', status: to });
  });

  test.each(['active', 'frozen', 'closed'] as const)('%s may be asked for again', (status) => {
    expect(decideWalletStatus(wallet(status), status)).toEqual({ kind: 'unchanged', status });
  });

  test.each(['active', 'frozen'] as const)('does not go from closed to %s', (to) => {
    expect(decideWalletStatus(wallet('closed'), to)).toEqual({ kind: 'refused', reason: 'wallet-closed' });
  });

  test.each([{ posted: 1 }, { posted: -1 }, { held: 1 }])('is not closed with %p', (more) => {
    const refused = { kind: 'refused', reason: 'wallet-not-empty' };
    expect(decideWalletStatus(wallet('active', more), 'closed')).toEqual(refused);
    expect(decideWalletStatus(wallet('active', more), 'frozen').kind).toBe('changed');
  });

  test('of a wallet that does not exist is none', () => {
    const refused = { kind: 'refused', reason: 'wallet-not-found' };
    expect(decideWalletStatus(undefined, 'frozen')).toEqual(refused);
  });
});
