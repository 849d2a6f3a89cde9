import type { Database } from '@florin/database';

/** How many transactions are overdue, and when the oldest of them was taken on. */
export async function countStalled(
  database: Database,
): Promise<{ readonly count: number; readonly oldest: Date | null }> {
  const { rows } = await database.pool.query<{ count: number; oldest: Date | null }>({
    name: 'count-stalled',
    text: `SELECT count(*)::int AS count, min(t.received_at) AS oldest
             FROM stalled_transactions s JOIN transactions t ON t.id = s.transaction_id AND t.status = 'pending'`,
  });
  return rows[0]!;
}
