export const defaultWaitMs = 2_000;
export const longestWaitMs = 30_000;

/** How long a call wants to wait, and what is said about it in `Preference-Applied`. */
export interface WaitPreference {
  readonly waitMs: number;
  /** Undefined when nothing was asked for that is understood. */
  readonly applied: string | undefined;
}

/**
 * Reads `Prefer` (RFC 7240): `wait=N` in seconds, 30 at most, or `respond-async` for not at all. With both, the call waits
 * before it goes on asynchronously. Of a preference that comes twice the first one counts; those that are not understood
 * are ignored, as the RFC asks for.
 */
export function preferenceOf(prefer: string | undefined): WaitPreference {
  if (prefer === undefined) return { waitMs: defaultWaitMs, applied: undefined };
  // What follows a semicolon are parameters of a preference, not preferences.
  const preferences = prefer.split(',').map((part) => part.split(';', 1)[0]?.trim().toLowerCase() ?? '');
  const respondAsync = preferences.some((part) => /^respond-async(?:\s*=\s*(?:"")?)?$/.test(part));
  const seconds = preferences
    .map((part) => /^wait\s*=\s*(?:(\d+)|"(\d+)")$/.exec(part))
    .flatMap((match) => match?.[1] ?? match?.[2] ?? [])[0];
  const waitMs = Math.min(Number(seconds ?? 0) * 1_000, longestWaitMs);
  const applied = [
    ...(respondAsync ? ['respond-async'] : []),
    ...(seconds === undefined ? [] : [`wait=${waitMs / 1_000}`]),
  ];
  if (applied.length === 0) return { waitMs: defaultWaitMs, applied: undefined };
  return { waitMs, applied: applied.join(', ') };
}
