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
