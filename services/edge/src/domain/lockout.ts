/** How often a password may be wrong, and for how long attempts are refused then. */
export interface LockoutRule {
  /** Wrong passwords that have no consequence. */
  readonly allowedFailures: number;
  readonly firstLockMs: number;
  /** The lock doubles with each further failure up to this. */
  readonly longestLockMs: number;
  /** Failures are forgotten this long after the first, or after the last one when it is `sliding`. */
  readonly windowMs: number;
  readonly sliding: boolean;
}

/**
 * Failures of one account from one network: whoever guesses from there is slowed down to four guesses an hour, and
 * disturbs nobody else.
 */
export function networkLockout(allowedFailures: number): LockoutRule {
  return {
    allowedFailures,
    firstLockMs: 30_000,
    longestLockMs: 15 * 60_000,
    windowMs: 30 * 60_000,
    sliding: true,
  };
}

/**
 * Failures of one account from everywhere, against guessing from many addresses. It does not grow and does not apply
 * to networks that the account has signed in from: the lock must not become the attack.
 */
export function accountLockout(allowedFailures: number): LockoutRule {
  return {
    allowedFailures: 10 * allowedFailures,
    firstLockMs: 30_000,
    longestLockMs: 30_000,
    windowMs: 60 * 60_000,
    sliding: false,
  };
}

/** How long attempts are refused after the `failures`-th failure in the window; 0 for not at all. */
export function lockMsAfter(failures: number, rule: LockoutRule): number {
  const excess = failures - rule.allowedFailures;
  if (excess < 0) return 0;
  // 2 ** 30 is beyond any lock, and the exponent must not grow without a bound.
  return Math.min(rule.firstLockMs * 2 ** Math.min(excess, 30), rule.longestLockMs);
}
