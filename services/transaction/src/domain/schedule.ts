/** What becomes of occurrences that nobody could run in time. */
export type MissedRunPolicy = 'skip' | 'run-once' | 'run-all';

export interface Occurrence {
  /** When it was due, milliseconds since the Unix epoch. */
  readonly occursAt: number;
  /** Skipped: this one and every later one up to the next occurrence that is run. */
  readonly outcome: 'submitted' | 'skipped';
}

export interface Plan {
  readonly occurrences: readonly Occurrence[];
  /** Null when the schedule has come to its end. */
  readonly nextRunAt: number | null;
}

export interface DueSchedule {
  /** The first occurrence that has not been dealt with; it is due. */
  readonly nextRunAt: number;
  readonly missedRunPolicy: MissedRunPolicy;
  /** The first occurrence after an instant, undefined when there is none. */
  readonly next: (after: number) => number | undefined;
}

/** An occurrence that is later than that was missed: a deployment or a slow machine misses none. */
export const lateAfterMs = 5 * 60_000;

/** As many of the missed ones are made up for by `run-all`; those behind them are skipped. */
export const maxCatchUp = 100;

/** Deals with all occurrences of a schedule that are due, the missed ones by its policy. */
export function planOccurrences(schedule: DueSchedule, now: number): Plan {
  const { missedRunPolicy, next } = schedule;
  const missedBefore = now - lateAfterMs;
  const occurrences: Occurrence[] = [];
  let due: number | undefined = schedule.nextRunAt;
  const take = (outcome: Occurrence['outcome'], occursAt: number): void => {
    occurrences.push({ occursAt, outcome });
  };

  const catchUp = missedRunPolicy === 'run-all' ? maxCatchUp : missedRunPolicy === 'run-once' ? 1 : 0;
  while (due !== undefined && due < missedBefore && occurrences.length < catchUp) {
    take('submitted', due);
    due = next(due);
  }
  if (due !== undefined && due < missedBefore) {
    // A run that makes up for all of them leaves nothing to tell about the others.
    if (missedRunPolicy !== 'run-once') take('skipped', due);
    due = next(missedBefore - 1);
  }
  // As many as fit between the two instants: an expression has at most one a minute.
  while (due !== undefined && due <= now) {
    take('submitted', due);
    due = next(due);
  }
  return { occurrences, nextRunAt: due ?? null };
}
