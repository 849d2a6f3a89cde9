import { parseRecurrence } from '@florin/runtime';

/** The occurrences of a schedule: the first after an instant, undefined behind its end. One that runs once has no other. */
export function occurrencesOf(schedule: {
  readonly cron: string | null;
  readonly timeZone: string | null;
  readonly endsAt: number | null;
}): (after: number) => number | undefined {
  const { cron, timeZone, endsAt } = schedule;
  if (cron === null || timeZone === null) return () => undefined;
  const recurrence = parseRecurrence(cron, timeZone);
  return (after) => {
    const next = recurrence.next(after);
    return next === undefined || (endsAt !== null && next > endsAt) ? undefined : next;
  };
}
