import { Cron } from 'croner';
import { cronProblem } from './cron-grammar.js';

const hourMs = 3_600_000;
/** Longer than any clock is put forward or back. */
const shiftMs = 3 * hourMs;

/** Times of a cron expression, as the clocks on the wall of a time zone show them. */
export interface Recurrence {
  /**
   * The first time after an instant, in milliseconds since the Unix epoch; undefined when there is none. Times grow
   * strictly. One that the clocks skip is moved on by what they skip; one that they show twice is taken the first time, and
   * both times when the hour is a wildcard: `0 * * * *` is every hour that passes.
   */
  next(after: number): number | undefined;
}

/** An expression or a time zone that is none. */
export class RecurrenceError extends Error {
  readonly code: 'cron-invalid' | 'time-zone-unknown';
  constructor(code: RecurrenceError['code'], message: string) {
    super(message);
    this.name = 'RecurrenceError';
    this.code = code;
  }
}

/**
 * Parses a cron expression of five fields (minute, hour, day of the month, month, day of the week).
 *
 * The library only evaluates expressions on a clock that is never put forward or back: with a time zone it leaves out hours
 * that are repeated and runs back where hours are skipped. The clock on the wall is turned into instants here.
 * @param timeZone of the IANA database
 * @throws RecurrenceError
 */
export function parseRecurrence(cron: string, timeZone: string): Recurrence {
  const offsetAt = offsetsOf(timeZone);
  const walls = parseCron(cron);
  const isHourWild = cron.trim().split(/\s+/)[1]!.startsWith('*');

  /** The instants at which the clock shows a time: one, two, or where it would be if it had not been put forward. */
  function instantsOf(wall: number): number[] {
    const offsets = [...new Set([offsetAt(wall - 24 * hourMs), offsetAt(wall + 24 * hourMs)])];
    const real = offsets.map((offset) => wall - offset).filter((at) => at + offsetAt(at) === wall);
    real.sort((a, b) => a - b);
    if (real.length === 0) return [wall - offsets[0]!];
    return isHourWild ? real : real.slice(0, 1);
  }

  function isNearShift(instant: number): boolean {
    return offsetAt(instant - shiftMs) !== offsetAt(instant + shiftMs);
  }

  return {
    next(after) {
      const start = after + offsetAt(after);
      let wall = walls(isNearShift(after) ? start - shiftMs : start);
      let first: number | undefined;
      let lastWall = Number.POSITIVE_INFINITY;
      // Near a shift a later time on the wall may be an earlier instant: look a little further.
      while (wall !== undefined && wall <= lastWall) {
        for (const instant of instantsOf(wall)) {
          if (instant <= after || (first !== undefined && instant >= first)) continue;
          first = instant;
          if (!isNearShift(instant)) return instant;
          lastWall = wall + shiftMs;
        }
        wall = walls(wall);
      }
      return first;
    },
  };
}

/** The times of an expression on a clock that is never changed, each after the one that is given. */
function parseCron(expression: string): (after: number) => number | undefined {
  const problem = cronProblem(expression);
  if (problem !== undefined) throw new RecurrenceError('cron-invalid', problem);
  const cron = orInvalid(
    () => new Cron(expression.trim(), { timezone: 'UTC', paused: true, mode: '5-part' }),
  );
  // The library searches in recursion, and overflows the stack where the next time is too far away.
  return (after) => orInvalid(() => cron.nextRun(new Date(after))?.getTime());
}

function orInvalid<T>(evaluate: () => T): T {
  try {
    return evaluate();
  } catch (error) {
    const message = error instanceof Error ? error.message : 'No cron expression.';
    // The library says first which of its classes found it, which means nothing to whoever wrote the expression.
    throw new RecurrenceError('cron-invalid', message.replace(/^Cron\w*: /, ''));
  }
}

/** How far the clocks of a zone are ahead of UTC at an instant, in milliseconds. */
function offsetsOf(timeZone: string): (instant: number) => number {
  // Also accepted by the runtime: offsets such as +01:00, which have no rules for summer time.
  if (!/^[A-Za-z]/.test(timeZone))
    throw new RecurrenceError('time-zone-unknown', 'There is no such time zone.');
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' });
  } catch {
    throw new RecurrenceError('time-zone-unknown', 'There is no such time zone.');
  }
  return (instant) => {
    const name = format.formatToParts(instant).find(({ type }) => type === 'timeZoneName')?.value ?? '';
    const [, sign, hours = '0', minutes = '0', seconds = '0'] =
      /([+-])(\d\d):(\d\d)(?::(\d\d))?/.exec(name) ?? [];
    const ahead = (Number(hours) * 60 + Number(minutes)) * 60_000 + Number(seconds ?? 0) * 1_000;
    return sign === '-' ? -ahead : ahead;
  };
}
