import { describe, expect, test } from '@jest/globals';
import { type DepositState, depositTransitions } from './deposit.js';

const transitions = Object.values(depositTransitions);
const followers = (state: DepositState): DepositState[] =>
  transitions.filter((t) => t.from === state).map((t) => t.to);

describe('the life of a deposit', () => {
  test('every way from the start ends, and money that was taken is posted or given back', () => {
    const endings = new Map<DepositState, DepositState[][]>();
    const walk = (path: DepositState[]): void => {
      const next = followers(path.at(-1)!);
      if (next.length === 0) endings.set(path.at(-1)!, [...(endings.get(path.at(-1)!) ?? []), path]);
      for (const state of next) {
        expect(path).not.toContain(state);
        walk([...path, state]);
      }
    };
    walk(['charge-due']);
    expect(endings).toEqual(
      new Map<DepositState, DepositState[][]>([
        ['settled', [['charge-due', 'charged', 'settled']]],
        ['refunded', [['charge-due', 'charged', 'refund-due', 'refunded']]],
        ['refused', [['charge-due', 'refused']]],
      ]),
    );
  });
});
