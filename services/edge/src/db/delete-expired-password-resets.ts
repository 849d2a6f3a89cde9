import type { Pool } from '@florin/database';

/** Deletes links to reset a password that expired before `expiredBefore`; returns how many. */
export async function deleteExpiredPasswordResets(
  pool: Pool,
  expiredBefore: number,
  limit: number,
): Promise<number> {
  const { rowCount } = await pool.query({
    name: 'delete-expired-password-resets',
    text: `
      DELETE FROM password_resets WHERE token_hash IN (
        SELECT token_hash FROM password_resets WHERE expires_at <= $1
        ORDER BY expires_at LIMIT $2 FOR UPDATE SKIP LOCKED)`,
    values: [new Date(expiredBefore), limit],
  });
  return rowCount ?? 0;
}
