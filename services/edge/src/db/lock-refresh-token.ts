import type { Transaction } from '@florin/database';
import type { PresentedRefreshToken } from '../domain/refresh-rotation.js';

export interface LockedRefreshToken extends PresentedRefreshToken {
  readonly sessionId: string;
  readonly customerId: string;
}

/**
 * Finds a refresh token and locks its session: of two exchanges of one token at the same time, the second sees what
 * the first did.
 */
export async function lockRefreshToken(
  tx: Transaction,
  tokenHash: Buffer,
): Promise<LockedRefreshToken | undefined> {
  const { rows: found } = await tx.query<{
    session_id: string;
    customer_id: string;
    revoked_at: Date | null;
    created_at: Date;
  }>({
    name: 'lock-session-of-refresh-token',
    text: `
      SELECT s.id AS session_id, s.customer_id, s.revoked_at, s.created_at
      FROM sessions s WHERE s.id = (SELECT session_id FROM refresh_tokens WHERE token_hash = $1)
      FOR UPDATE`,
    values: [tokenHash],
  });
  const [session] = found;
  if (!session) return undefined;
  // A second statement, because the snapshot of the first is older than the lock it may have waited for.
  const { rows } = await tx.query<{ expires_at: Date; used_at: Date | null }>({
    name: 'find-refresh-token',
    text: 'SELECT expires_at, used_at FROM refresh_tokens WHERE token_hash = $1',
    values: [tokenHash],
  });
  const [token] = rows;
  if (!token) return undefined;
  return {
    sessionId: session.session_id,
    customerId: session.customer_id,
    sessionRevokedAt: session.revoked_at?.getTime(),
    sessionCreatedAt: session.created_at.getTime(),
    expiresAt: token.expires_at.getTime(),
    usedAt: token.used_at?.getTime(),
  };
}
