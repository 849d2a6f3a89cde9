import { validationFailed } from '@florin/http';
import { parseRecurrence, RecurrenceError } from '@florin/runtime';

/** Closer occurrences are refused: a schedule a minute would be 1,440 transfers a day. */
const minIntervalMs = 15 * 60_000;
/** As many occurrences are looked at: an expression repeats itself before that. */
const sampleSize = 30;

export interface RequestedTimes {
  readonly runAt?: string;
  readonly cron?: string;
  readonly timeZone?: string;
  readonly endsAt?: string;
}

export interface ScheduleTimes {
  readonly runAt: Date | null;
  readonly cron: string | null;
  readonly timeZone: string | null;
  readonly endsAt: Date | null;
  readonly nextRunAt: Date;
}

/**
 * The times of a schedule that is asked for now.
 * @throws Problem `validation-failed` when they make no sense, or there is no occurrence
 */
export function scheduleTimes(requested: RequestedTimes, now: number): ScheduleTimes {
  const endsAt = requested.endsAt === undefined ? null : new Date(requested.endsAt);
  if (requested.runAt !== undefined) {
    const runAt = new Date(requested.runAt);
    if (runAt.getTime() < now) throw invalid('/runAt', 'The time is over.');
    return { runAt, cron: null, timeZone: null, endsAt: null, nextRunAt: runAt };
  }
  const { cron = '', timeZone = '' } = requested;
  const next = nextOf(cron, timeZone, now);
  if (next === undefined) throw invalid('/cron', 'There is no occurrence.');
  if (endsAt !== null && next > endsAt.getTime()) throw invalid('/endsAt', 'There is no occurrence.');
  if (isTooOften(cron, now)) throw invalid('/cron', 'Occurrences are at least 15 minutes apart.');
  return { runAt: null, cron, timeZone, endsAt, nextRunAt: new Date(next) };
}

function nextOf(cron: string, timeZone: string, now: number): number | undefined {
  try {
    return parseRecurrence(cron, timeZone).next(now);
  } catch (error) {
    if (!(error instanceof RecurrenceError)) throw error;
    throw invalid(error.code === 'cron-invalid' ? '/cron' : '/timeZone', error.message);
  }
}

/** By the clocks of a zone that never changes them: what a change moves together was not asked for. */
function isTooOften(cron: string, now: number): boolean {
  const { next } = parseRecurrence(cron, 'UTC');
  let last = next(now);
  for (let i = 0; i < sampleSize && last !== undefined; i++) {
    const following = next(last);
    if (following !== undefined && following - last < minIntervalMs) return true;
    last = following;
  }
  return false;
}

function invalid(pointer: string, detail: string) {
  return validationFailed([{ pointer, detail }]);
}
