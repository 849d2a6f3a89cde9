import type { Database } from '@florin/database';

/** Ids of schedules that are due and not held back, those due longest first; nothing is locked. */
export async function findDueSchedules(
  { pool }: Database,
  options: { readonly now: Date; readonly limit: number },
): Promise<readonly string[]> {
  const { rows } = await pool.query<{ id: string }>({
    name: 'find-due-schedules',
    text: `SELECT id FROM scheduled_transfers
            WHERE status = 'active' AND next_run_at <= $1 AND (held_until IS NULL OR held_until <= $1)
            ORDER BY next_run_at LIMIT $2`,
    values: [options.now, options.limit],
  });
  return rows.map((row) => row.id);
}
