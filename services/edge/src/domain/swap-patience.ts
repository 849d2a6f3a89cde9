/** What an attempt to exchange tables may make others wait for. */
export interface SwapPatience {
  /** Whoever wants a lock that others hold queues up, and everybody who comes later queues behind it: for so long at most. */
  readonly lockMs: number;
  /** For the last messages to be read, while writers wait. */
  readonly lastMessagesMs: number;
  /** Before the next attempt, while nobody waits. */
  readonly pauseMs: number;
}

export const swapAttempts = 20;
const longestLockMs = 2_000;
const longestLastMessagesMs = 3_000;
const longestPauseMs = 3_000;

/**
 * The first attempts disturb nobody for longer than a slow query does. Later ones wait for longer: PostgreSQL lets a lock that an
 * autovacuum holds go only to somebody who has waited for a second (`deadlock_timeout`).
 * @param attempt from 1
 * @param random 0 … 1: instances and writers that keep in step would meet again and again
 */
export function swapPatience(attempt: number, random: number): SwapPatience {
  return {
    lockMs: Math.min(longestLockMs, Math.round(100 * 1.25 ** (attempt - 1))),
    lastMessagesMs: Math.min(longestLastMessagesMs, 300 * attempt),
    pauseMs: Math.round(Math.min(longestPauseMs, 100 * 1.5 ** attempt) * (0.5 + random / 2)),
  };
}
