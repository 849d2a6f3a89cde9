const dayMs = 24 * 60 * 60 * 1_000;

/** The last days (UTC) that ended at least `delayMs` ago, oldest first, as 2026-11-21. */
export function dueDates(now: number, delayMs: number, days: number): string[] {
  const today = Math.floor((now - delayMs) / dayMs);
  return Array.from({ length: days }, (_, i) =>
    new Date((today - days + i) * dayMs).toISOString().slice(0, 10),
  );
}
