import { describe, expect, test } from '@jest/globals';
import { isReleased, type WithdrawalState, withdrawalTransitions } from './withdrawal.js';

const transitions = Object.values(withdrawalTransitions);

describe('the life of a withdrawal', () => {
  test('every way from the start ends, and no money leaves before it is held', () => {
    const ends: string[] = [];
    const walk = (path: WithdrawalState[]): void => {
      const next = transitions.filter(({ from }) => from === path.at(-1)).map(({ to }) => to);
      if (next.length === 0) ends.push(path.join(' '));
      for (const state of next) {
        expect(path).not.toContain(state);
        walk([...path, state]);
      }
    };
    walk(['hold-requested']);
    expect(ends).toEqual([
      'hold-requested payout-due paid settled',
      'hold-requested payout-due paid uncovered',
      'hold-requested payout-due void-requested released',
      'hold-requested refused',
    ]);
  });
});

test.each([
  ['hold-voided', true],
  ['hold-expired', true],
  ['hold-captured', false],
  ['hold-not-found', false],
  ['deadline-exceeded', false],
])('a void that is refused as %s means that the money is available: %s', (reason, released) => {
  expect(isReleased(reason)).toBe(released);
});
