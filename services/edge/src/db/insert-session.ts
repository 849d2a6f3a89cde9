import type { Transaction } from '@florin/database';
import type { Origin } from '../domain/security-event.js';

export interface NewSession {
  readonly id: string;
  readonly customerId: string;
  readonly refreshTokenHash: Buffer;
  readonly createdAt: number;
  readonly expiresAt: number;
  /** From where the customer has signed in. */
  readonly origin: Pick<Origin, 'address' | 'userAgent'>;
}

/**
 * Opens a session with its first refresh token; false when the customer does not exist any more. The lock waits for
 * an erasure in progress, which would otherwise be seen only as a violated foreign key.
 */
export async function insertSession(tx: Transaction, session: NewSession): Promise<boolean> {
  const { rowCount } = await tx.query({
    name: 'insert-session',
    text: `
      WITH owner AS (SELECT id FROM customers WHERE id = $2 FOR KEY SHARE),
        session AS (
          INSERT INTO sessions (id, customer_id, created_at, last_used_at, expires_at, address, user_agent)
          SELECT $1, id, $3, $3, $4, $6, $7 FROM owner
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
      session.origin.address,
      session.origin.userAgent,
    ],
  });
  return rowCount === 1;
}
