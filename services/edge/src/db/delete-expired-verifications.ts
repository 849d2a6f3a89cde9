import type { Pool } from '@florin/database';

/** Deletes verifications of email addresses that expired before `expiredBefore`; returns how many. */
export async function deleteExpiredVerifications(
  pool: Pool,
  expiredBefore: number,
  limit: number,
): Promise<number> {
  const { rowCount } = await pool.query({
    name: 'delete-expired-verifications',
    text: `
      DELETE FROM email_verifications WHERE token_hash IN (
        SELECT token_hash FROM email_verifications WHERE expires_at <= $1
        ORDER BY expires_at LIMIT $2 FOR UPDATE SKIP LOCKED)`,
    values: [new Date(expiredBefore), limit],
  });
  return rowCount ?? 0;
}
