import type { Transaction } from '@florin/database';

export interface Rotation {
  readonly sessionId: string;
  readonly usedTokenHash: Buffer;
  readonly nextTokenHash: Buffer;
  readonly now: number;
  readonly expiresAt: number;
}

/** Marks a refresh token as used, stores its successor and prolongs the session. */
export async function rotateRefreshToken(tx: Transaction, rotation: Rotation): Promise<void> {
  await tx.query({
    name: 'rotate-refresh-token',
    text: `
      WITH used AS (UPDATE refresh_tokens SET used_at = $4 WHERE token_hash = $2),
        next AS (
          INSERT INTO refresh_tokens (token_hash, session_id, issued_at, expires_at) VALUES ($3, $1, $4, $5)
        )
      UPDATE sessions SET last_used_at = $4, expires_at = $5 WHERE id = $1`,
    values: [
      rotation.sessionId,
      rotation.usedTokenHash,
      rotation.nextTokenHash,
      new Date(rotation.now),
      new Date(rotation.expiresAt),
    ],
  });
}
