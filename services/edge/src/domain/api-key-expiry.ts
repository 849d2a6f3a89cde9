const dayMs = 24 * 60 * 60 * 1_000;

/**
 * The warning that is due: the smallest number of days that the time left does not exceed; undefined while there is more
 * time than any of them.
 * @param warningDays days before the expiry at which a warning is sent
 */
export function dueWarning(
  expiresAt: number,
  now: number,
  warningDays: readonly number[],
): number | undefined {
  const due = warningDays.filter((days) => expiresAt - now <= days * dayMs);
  return due.length === 0 ? undefined : Math.min(...due);
}
