import type { Pool } from '@florin/database';

export async function isSessionOpen(pool: Pool, sessionId: string, now: number): Promise<boolean> {
  const { rows } = await pool.query<{ expires_at: Date }>({
    name: 'is-session-open',
    text: 'SELECT expires_at FROM sessions WHERE id = $1 AND revoked_at IS NULL',
    values: [sessionId],
  });
  return rows.some((session) => session.expires_at.getTime() > now);
}
