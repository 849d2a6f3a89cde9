import { describe, expect, test } from '@jest/globals';
import { type DepositState, depositTransitions, isCertainlyNotCharged, pauseAfterMs } from './deposit.js';

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

describe('the pause before the provider is asked again', () => {
  test('doubles, and never exceeds a minute', () => {
    expect([1, 2, 3, 4].map((attempts) => pauseAfterMs(attempts, 0))).toEqual([250, 500, 1_000, 2_000]);
    expect(pauseAfterMs(1_000, 0)).toBe(60_000);
  });

  test('is spread over its second half', () => {
    expect(pauseAfterMs(3, 0.999_999)).toBe(500);
  });
});

describe('no charge at the provider', () => {
  const now = 1_000_000;
  test('is certain when none was sent', () => {
    expect(isCertainlyNotCharged({ attempts: 1, lastAttemptAt: null }, now)).toBe(true);
  });

  test('is not certain while one that was sent may still arrive', () => {
    expect(isCertainlyNotCharged({ attempts: 2, lastAttemptAt: now - 59_999 }, now)).toBe(false);
    expect(isCertainlyNotCharged({ attempts: 2, lastAttemptAt: now - 60_000 }, now)).toBe(true);
  });
});
