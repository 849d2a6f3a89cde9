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

  test('given one wallet that refused to close, stays, and no further one is closed', () => {
    const wallets = [wallet('active', 'refused'), wallet('active'), wallet('pending')];
    expect(decideErasure(wallets)).toEqual({ kind: 'abort', closed: [] });
  });

  test('given a refusal while others are closing, waits for those, to say which are closed', () => {
    const refused = wallet('active', 'refused');
    for (const closing of ['pending', 'done'] as const) {
      expect(decideErasure([refused, wallet('active', closing)])).toEqual({ kind: 'wait', close: [] });
    }
    // One that was closed before the customer wanted to leave is none of them.
    const closed = [wallet('closed', 'done'), wallet('closed')];
    expect(decideErasure([refused, ...closed])).toEqual({ kind: 'abort', closed: ['closed-done'] });
  });

  test('given a refusal of a wallet that is closed by now, is erased', () => {
    expect(decideErasure([wallet('closed', 'refused')])).toEqual({ kind: 'erase' });
  });
});
