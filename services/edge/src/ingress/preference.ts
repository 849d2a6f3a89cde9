export const defaultWaitMs = 2_000;
export const longestWaitMs = 30_000;

/**
 * How long a call wants to wait (RFC 7240): `wait=N` in seconds, 30 at most, or `respond-async` for not at all.
 * Preferences that are not understood are ignored, as the RFC asks for.
 */
export function waitMsOf(prefer: string | undefined): number {
  if (prefer === undefined) return defaultWaitMs;
  const preferences = prefer.split(/[,;]/).map((part) => part.trim().toLowerCase());
  const wait = preferences
    .map((part) => /^wait\s*=\s*"?(\d{1,6})"?$/.exec(part)?.[1])
    .find((n) => n !== undefined);
  if (wait !== undefined) return Math.min(Number(wait) * 1_000, longestWaitMs);
  return preferences.includes('respond-async') ? 0 : defaultWaitMs;
}
