import type { Transaction } from '@florin/database';

/**
 * Uses up the link of a reset and sets the new password; false when the link was used meanwhile. To be called under the lock
 * of the customer: of several links that are used at once, the second then sees that the first has voided it.
 */
export async function usePasswordReset(
  tx: Transaction,
  reset: {
    readonly customerId: string;
    readonly tokenHash: Buffer;
    readonly passwordHash: string;
    readonly now: number;
  },
): Promise<boolean> {
  const { rowCount } = await tx.query({
    name: 'use-password-reset',
    text: `
      WITH used AS (
        UPDATE password_resets SET used_at = $4
        WHERE token_hash = $2 AND customer_id = $1 AND used_at IS NULL AND expires_at > $4
        RETURNING customer_id
      )
      UPDATE credentials SET password_hash = $3, updated_at = $4
      WHERE customer_id IN (SELECT customer_id FROM used)`,
    values: [reset.customerId, reset.tokenHash, reset.passwordHash, new Date(reset.now)],
  });
  return rowCount === 1;
}
