import { describe, expect, test } from '@jest/globals';
import { type CardParty, type CardStanding, decideCardStatus } from './card-status.js';

const active: CardStanding = { status: 'active', frozenBy: null };
const cancelled: CardStanding = { status: 'cancelled', frozenBy: null };
const frozen = (frozenBy: CardParty): CardStanding => ({ status: 'frozen', frozenBy });

describe('the status of a card', () => {
  test.each(['holder', 'issuer'] as const)('%s freezes, unfreezes and cancels', (by) => {
    expect(decideCardStatus(active, 'frozen', by)).toEqual({ kind: 'changed', card: frozen(by) });
    expect(decideCardStatus(frozen(by), 'active', by)).toEqual({ kind: 'changed', card: active });
    expect(decideCardStatus(active, 'cancelled', by)).toEqual({ kind: 'changed', card: cancelled });
    expect(decideCardStatus(frozen(by), 'cancelled', by)).toEqual({ kind: 'changed', card: cancelled });
  });

  test('frozen by the issuer is not lifted by the holder, but by the issuer', () => {
    const refused = { kind: 'refused', reason: 'card-frozen-by-issuer' };
    expect(decideCardStatus(frozen('issuer'), 'active', 'holder')).toEqual(refused);
    expect(decideCardStatus(frozen('issuer'), 'active', 'issuer')).toEqual({ kind: 'changed', card: active });
  });

  test('frozen by the holder becomes frozen by the issuer, not the other way round', () => {
    const taken = { kind: 'changed', card: frozen('issuer') };
    expect(decideCardStatus(frozen('holder'), 'frozen', 'issuer')).toEqual(taken);
    const kept = { kind: 'unchanged', card: frozen('issuer') };
    expect(decideCardStatus(frozen('issuer'), 'frozen', 'holder')).toEqual(kept);
  });

  test('cancelled is for ever, and may be asked for again', () => {
    const refused = { kind: 'refused', reason: 'card-cancelled' };
    expect(decideCardStatus(cancelled, 'active', 'issuer')).toEqual(refused);
    expect(decideCardStatus(cancelled, 'frozen', 'holder')).toEqual(refused);
    expect(decideCardStatus(cancelled, 'cancelled', 'holder').kind).toBe('unchanged');
  });

  test('of a card that does not exist is none', () => {
    expect(decideCardStatus(undefined, 'frozen', 'holder')).toEqual({
      kind: 'refused',
      reason: 'card-not-found',
    });
  });
});
