/** A stretch of time: from inclusive, to exclusive. */
export interface Period {
  readonly from: Date | undefined;
  readonly to: Date | undefined;
}

const dayMs = 86_400_000;

/**
 * Reads the ends of a period. A plain date means the whole day in UTC, so `from=2026-01-01&to=2026-01-31` is January.
 */
export function periodOf(from: string | undefined, to: string | undefined): Period {
  return {
    from: from === undefined ? undefined : new Date(from),
    to: to === undefined ? undefined : new Date(Date.parse(to) + (isPlainDate(to) ? dayMs : 0)),
  };
}

function isPlainDate(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text);
}
