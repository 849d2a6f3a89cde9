export interface ScheduleTimes {
  readonly runAt: number | null;
  readonly endsAt: number | null;
}

/** The first occurrence of a schedule that was made at an instant; undefined when it has none. */
export function firstRun(
  { runAt, endsAt }: ScheduleTimes,
  next: (after: number) => number | undefined,
  createdAt: number,
): number | undefined {
  const first = runAt ?? next(createdAt);
  return first === undefined || (endsAt !== null && first > endsAt) ? undefined : first;
}
