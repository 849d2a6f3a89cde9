import type { Transaction } from '@florin/database';

/**
 * Ends open sessions of a customer, and with them all their refresh tokens, because the password is another one now;
 * returns the ids.
 * @param keep the session in which it was changed; without it all of them end
 */
export async function revokeSessions(
  tx: Transaction,
  revocation: {
    readonly customerId: string;
    readonly reason: 'password-changed' | 'password-reset';
    readonly now: number;
    readonly keep?: string;
  },
): Promise<readonly string[]> {
  const { customerId, reason, now, keep = null } = revocation;
  const { rows } = await tx.query<{ id: string }>({
    name: 'revoke-sessions',
    text: `
      UPDATE sessions SET revoked_at = $3, revoke_reason = $4
      WHERE customer_id = $1 AND id IS DISTINCT FROM $2::uuid AND revoked_at IS NULL AND expires_at > $3
      RETURNING id`,
    values: [customerId, keep, new Date(now), reason],
  });
  return rows.map((row) => row.id);
}
