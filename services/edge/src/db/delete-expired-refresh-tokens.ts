import type { Pool } from '@florin/database';

/**
 * Deletes refresh tokens that have expired, the oldest first, and the sessions that ended with them; returns how many
 * tokens. Several instances may do so at once: each takes other rows. A used token stays until it expires, because
 * presenting it gives a thief away.
 */
export async function deleteExpiredRefreshTokens(pool: Pool, now: number, limit: number): Promise<number> {
  const { rows } = await pool.query<{ deleted: number }>({
    name: 'delete-expired-refresh-tokens',
    text: `
      WITH doomed AS (
        SELECT token_hash FROM refresh_tokens WHERE expires_at <= $1
        ORDER BY expires_at LIMIT $2 FOR UPDATE SKIP LOCKED
      ), gone AS (
        DELETE FROM refresh_tokens t USING doomed d WHERE t.token_hash = d.token_hash RETURNING t.session_id
      ), ended AS (
        -- A session lasts as long as its newest token, so nothing is looked for but the sessions of these.
        DELETE FROM sessions WHERE id IN (SELECT session_id FROM gone) AND expires_at <= $1
      )
      SELECT count(*)::int AS deleted FROM gone`,
    values: [new Date(now), limit],
  });
  return rows[0]?.deleted ?? 0;
}
