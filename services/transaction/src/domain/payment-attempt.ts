const firstPauseMs = 250;
const longestPauseMs = 60_000;

/**
 * Pause after the n-th attempt without an outcome: doubling up to a minute, for as long as it takes, because money may
 * have moved. `random` in [0, 1) takes up to half of the pause off, so that payments that failed together part.
 */
export function pauseAfterMs(attempts: number, random: number): number {
  const exponent = Math.min(Math.max(attempts, 1) - 1, 20);
  const pauseMs = Math.min(longestPauseMs, firstPauseMs * 2 ** exponent);
  return Math.round(pauseMs * (1 - random / 2));
}

/** What was sent this long ago has reached the provider or never will. */
const inFlightMs = 60_000;

/**
 * True when the provider may be believed that it knows nothing of a payment: either nothing was ever sent, or so long
 * ago that it cannot still arrive. Only then may a payment be refused for want of its funding token.
 */
export function isCertainlyNotSent(lastSentAt: number | null, now: number): boolean {
  return lastSentAt === null || now - lastSentAt >= inFlightMs;
}
