import { describe, expect, test } from '@jest/globals';
import { lateAfterMs, type MissedRunPolicy, maxCatchUp, planOccurrences } from './schedule.js';

const minute = 60_000;
const now = 1_000 * minute;

/** Every minute, the first one that was not dealt with so many minutes ago. */
const everyMinute = (
  minutesAgo: number,
  missedRunPolicy: MissedRunPolicy,
  endsAt = Number.POSITIVE_INFINITY,
) => ({
  nextRunAt: now - minutesAgo * minute,
  missedRunPolicy,
  next: (after: number) => {
    const at = (Math.floor(after / minute) + 1) * minute;
    return at <= endsAt ? at : undefined;
  },
});
const once = (at: number, missedRunPolicy: MissedRunPolicy) => ({
  nextRunAt: at,
  missedRunPolicy,
  next: () => undefined,
});
const tolerated = lateAfterMs / minute;

describe('occurrences that are due', () => {
  test.each(['skip', 'run-once', 'run-all'] as const)('and a little late are all run: %s', (policy) => {
    const { occurrences, nextRunAt } = planOccurrences(everyMinute(tolerated, policy), now);
    expect(occurrences).toHaveLength(tolerated + 1);
    expect(new Set(occurrences.map(({ outcome }) => outcome))).toEqual(new Set(['submitted']));
    expect(nextRunAt).toBe(now + minute);
  });

  test('and missed are skipped, told once, and those in time run', () => {
    const { occurrences, nextRunAt } = planOccurrences(everyMinute(60, 'skip'), now);
    expect(occurrences[0]).toEqual({ occursAt: now - 60 * minute, outcome: 'skipped' });
    expect(occurrences.slice(1).map(({ occursAt }) => (now - occursAt) / minute)).toEqual([5, 4, 3, 2, 1, 0]);
    expect(nextRunAt).toBe(now + minute);
  });

  test('and missed are made up for by one run', () => {
    const { occurrences } = planOccurrences(everyMinute(60, 'run-once'), now);
    expect(occurrences[0]).toEqual({ occursAt: now - 60 * minute, outcome: 'submitted' });
    expect(occurrences).toHaveLength(1 + tolerated + 1);
  });

  test('and missed are all made up for, up to a limit', () => {
    const { occurrences } = planOccurrences(everyMinute(60, 'run-all'), now);
    expect(occurrences).toHaveLength(61);
    const many = planOccurrences(everyMinute(5_000, 'run-all'), now).occurrences;
    expect(many).toHaveLength(maxCatchUp + 1 + tolerated + 1);
    expect(many[maxCatchUp]).toEqual({ occursAt: now - (5_000 - maxCatchUp) * minute, outcome: 'skipped' });
  });

  test('are none behind the end', () => {
    const { occurrences, nextRunAt } = planOccurrences(everyMinute(2, 'skip', now - minute), now);
    expect(occurrences).toHaveLength(2);
    expect(nextRunAt).toBeNull();
  });

  test('once: run in time, and late as the policy says', () => {
    expect(planOccurrences(once(now, 'skip'), now)).toEqual({
      occurrences: [{ occursAt: now, outcome: 'submitted' }],
      nextRunAt: null,
    });
    const late = now - lateAfterMs - 1;
    const outcomes = (['skip', 'run-once', 'run-all'] as const).map(
      (policy) => planOccurrences(once(late, policy), now).occurrences,
    );
    expect(outcomes).toEqual(
      ['skipped', 'submitted', 'submitted'].map((outcome) => [{ occursAt: late, outcome }]),
    );
  });
});
