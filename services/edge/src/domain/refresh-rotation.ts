/** A refresh token as stored, with the session it belongs to. */
export interface PresentedRefreshToken {
  readonly expiresAt: number;
  readonly usedAt: number | undefined;
  readonly sessionRevokedAt: number | undefined;
}

export type RefreshDecision =
  /** Exchange it for a new pair. */
  | 'rotate'
  /** It was exchanged before: either the thief or the owner holds the successor, so the family has to end. */
  | 'revoke-family'
  | 'refuse';

export const refreshTokenTtlMs = 30 * 24 * 3_600_000;

/** Refresh token rotation with reuse detection, RFC 9700 §4.14.2. */
export function decideRefresh(token: PresentedRefreshToken, now: number): RefreshDecision {
  if (token.sessionRevokedAt !== undefined) return 'refuse';
  if (token.usedAt !== undefined) return 'revoke-family';
  return now >= token.expiresAt ? 'refuse' : 'rotate';
}
