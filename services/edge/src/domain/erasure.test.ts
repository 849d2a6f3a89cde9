import { describe, expect, test } from '@jest/globals';
import { decideErasure, type LeavingWallet } from './erasure.js';

function wallet(status: string, closing?: LeavingWallet['closing']): LeavingWallet {
  return { id: `${status}-${closing}`, status, closing };
}

describe('a customer who leaves', () => {
  test('given no wallets, or only closed ones, is erased', () => {
    expect(decideErasure([])).toEqual({ kind: 'erase' });
    const closed = [wallet('closed', 'done'), wallet('closed'), wallet('refused')];
    expect(decideErasure(closed)).toEqual({ kind: 'erase' });
  });

  test('given open wallets, has each closed once', () => {
    const wallets = [
      wallet('active'),
      wallet('frozen'),
      wallet('active', 'pending'),
      wallet('closed', 'done'),
    ];
    expect(decideErasure(wallets)).toEqual({
      kind: 'wait',
      close: ['active-undefined', 'frozen-undefined'],
    });
  });

  test('given a wallet that is being opened, waits for it before closing it', () => {
    expect(decideErasure([wallet('pending')])).toEqual({ kind: 'wait', close: [] });
  });

  test('given a closing that is done but not shown yet, waits', () => {
    expect(decideErasure([wallet('active', 'done')])).toEqual({ kind: 'wait', close: [] });
  });

  test('given one wallet that refused to close, stays, whatever the others say', () => {
    expect(decideErasure([wallet('active', 'refused'), wallet('active')])).toEqual({ kind: 'abort' });
  });

  test('given a refusal of a wallet that is closed by now, is erased', () => {
    expect(decideErasure([wallet('closed', 'refused')])).toEqual({ kind: 'erase' });
  });
});
