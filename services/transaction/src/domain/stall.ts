const longestPauseMs = 600_000;

/**
 * Pause before an overdue outcome is asked for again, after so many times: doubling from the patience up to ten minutes,
 * for as long as it takes. `random` in [0, 1) takes up to half of it off, so that those that stalled together part.
 */
export function pauseBeforeAskingMs(patienceMs: number, attempts: number, random: number): number {
  const pauseMs = Math.min(longestPauseMs, patienceMs * 2 ** Math.min(attempts, 20));
  return Math.round(pauseMs * (1 - random / 2));
}

/**
 * From when on the ledger may refuse instead of posting: null while there is time. A transaction that has taken that long
 * is not wanted any more, and it is the ledger that says whether it was posted: with a deadline that is over it either
 * repeats its decision or refuses for ever. Nobody guesses.
 */
export function deadlineFor(receivedAt: number, timeoutMs: number, now: number): number | null {
  return now > receivedAt + timeoutMs ? receivedAt + timeoutMs : null;
}
