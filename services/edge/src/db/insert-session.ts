import type { Transaction } from '@florin/database';

export interface NewSession {
  readonly id: string;
  readonly customerId: string;
  readonly refreshTokenHash: Buffer;
  readonly createdAt: number;
  readonly expiresAt: number;
}

/** Opens a session with its first refresh token. */
export async function insertSession(tx: Transaction, session: NewSession): Promise<void> {
  await tx.query({
    name: 'insert-session',
    text: `
      WITH session AS (
        INSERT INTO sessions (id, customer_id, created_at, last_used_at, expires_at) VALUES ($1, $2, $3, $3, $4)
        RETURNING id
      )
      INSERT INTO refresh_tokens (token_hash, session_id, issued_at, expires_at)
      SELECT $5, id, $3, $4 FROM session`,
    values: [
      session.id,
      session.customerId,
      new Date(session.createdAt),
      new Date(session.expiresAt),
      session.refreshTokenHash,
    ],
  });
}
