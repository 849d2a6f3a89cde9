import type { Pool, Transaction } from '@florin/database';

export type RevokeReason = 'logout' | 'revoked' | 'refresh-reuse';

/** Ends an open session of a customer; false when the customer has no such open session. */
export async function revokeSession(
  connection: Pool | Transaction,
  session: { id: string; customerId: string },
  reason: RevokeReason,
  now: number,
): Promise<boolean> {
  const { rowCount } = await connection.query({
    name: 'revoke-session',
    text: `
      UPDATE sessions SET revoked_at = $3, revoke_reason = $4
      WHERE id = $1 AND customer_id = $2 AND revoked_at IS NULL AND expires_at > $3`,
    values: [session.id, session.customerId, new Date(now), reason],
  });
  return rowCount === 1;
}
