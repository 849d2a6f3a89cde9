/** A refresh token as stored, with the session it belongs to. */
export interface PresentedRefreshToken {
  readonly expiresAt: number;
  readonly usedAt: number | undefined;
  readonly sessionRevokedAt: number | undefined;
  readonly sessionCreatedAt: number;
}

export type RefreshDecision =
  /** Exchange it for a new pair. */
  | 'rotate'
  /** It was exchanged before: either the thief or the owner holds the successor, so the family has to end. */
  | 'revoke-family'
  | 'refuse';

export const refreshTokenTtlMs = 30 * 24 * 3_600_000;

/**
 * When a refresh token expires: after its own time, or with its session. However often it is refreshed, a session ends so
 * long after the login, because a stolen one must not live for ever.
 */
export function refreshTokenExpiry(now: number, sessionCreatedAt: number, sessionMaxAgeMs: number): number {
  return Math.min(now + refreshTokenTtlMs, sessionCreatedAt + sessionMaxAgeMs);
}

/** Refresh token rotation with reuse detection, RFC 9700 §4.14.2. */
export function decideRefresh(
  token: PresentedRefreshToken,
  now: number,
  sessionMaxAgeMs: number,
): RefreshDecision {
  if (token.sessionRevokedAt !== undefined) return 'refuse';
  if (token.usedAt !== undefined) return 'revoke-family';
  const endsAt = Math.min(token.expiresAt, token.sessionCreatedAt + sessionMaxAgeMs);
  return now >= endsAt ? 'refuse' : 'rotate';
}
