import type { Database } from '@florin/database';

/** Replays that still have something to send, oldest first. */
export async function findActiveReplays(database: Database): Promise<readonly string[]> {
  const { rows } = await database.pool.query<{ id: string }>({
    name: 'find-active-replays',
    text: `SELECT r.id FROM replays AS r
           WHERE r.aborted_at IS NULL AND EXISTS (
             SELECT FROM replay_items AS i
             WHERE i.replay_id = r.id AND i.sent_at IS NULL AND i.outcome = 'pending')
           ORDER BY r.id LIMIT 100`,
  });
  return rows.map((row) => row.id);
}
