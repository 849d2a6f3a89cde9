const firstPauseMs = 250;
const longestPauseMs = 60_000;

/**
 * Pause after the n-th call to the issuer without an answer: doubling up to a minute, for as long as it takes, because
 * the card may exist there. `random` in [0, 1) takes up to half of the pause off, so that orders that failed together
 * part.
 */
export function pauseAfterMs(attempts: number, random: number): number {
  const pauseMs = Math.min(longestPauseMs, firstPauseMs * 2 ** Math.min(attempts - 1, 20));
  return Math.round(pauseMs * (1 - random / 2));
}
