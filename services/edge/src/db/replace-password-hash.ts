import type { Pool, Transaction } from '@florin/database';

/** Replaces the hash of a password; false when it is not `from` any more, because the password was changed meanwhile. */
export async function replacePasswordHash(
  connection: Pool | Transaction,
  change: { customerId: string; from: string; to: string; now: number },
): Promise<boolean> {
  const { rowCount } = await connection.query({
    name: 'replace-password-hash',
    text: 'UPDATE credentials SET password_hash = $3, updated_at = $4 WHERE customer_id = $1 AND password_hash = $2',
    values: [change.customerId, change.from, change.to, new Date(change.now)],
  });
  return rowCount === 1;
}
