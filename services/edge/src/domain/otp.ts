/** A login that waits for its one-time code. */
export interface LoginChallenge {
  readonly customerId: string;
  readonly codeHash: string;
  readonly expiresAt: number;
}

export const otpTtlMs = 5 * 60_000;
export const otpMaxAttempts = 5;

export type OtpVerdict = 'accepted' | 'wrong' | 'expired' | 'too-many-attempts';

/**
 * Judges one attempt. Attempts are counted before they are judged, so that parallel guesses cannot share a count.
 * @param attempt 1 for the first
 */
export function judgeOtp(
  challenge: LoginChallenge,
  attempt: number,
  codeMatches: boolean,
  now: number,
): OtpVerdict {
  if (now >= challenge.expiresAt) return 'expired';
  if (attempt > otpMaxAttempts) return 'too-many-attempts';
  return codeMatches ? 'accepted' : 'wrong';
}
