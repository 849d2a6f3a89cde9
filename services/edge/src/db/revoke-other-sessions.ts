import type { Transaction } from '@florin/database';

/** Ends all open sessions of a customer but one, because the password was changed in that; returns their ids. */
export async function revokeOtherSessions(
  tx: Transaction,
  { customerId, keep, now }: { customerId: string; keep: string; now: number },
): Promise<readonly string[]> {
  const { rows } = await tx.query<{ id: string }>({
    name: 'revoke-other-sessions',
    text: `
      UPDATE sessions SET revoked_at = $3, revoke_reason = 'password-changed'
      WHERE customer_id = $1 AND id <> $2 AND revoked_at IS NULL AND expires_at > $3
      RETURNING id`,
    values: [customerId, keep, new Date(now)],
  });
  return rows.map((row) => row.id);
}
