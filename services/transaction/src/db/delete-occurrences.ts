import type { Database } from '@florin/database';

/**
 * Deletes occurrences that were dealt with before an instant; in bounded batches, returns how many. A schedule never goes
 * back, so their keys are not needed any more.
 */
export async function deleteOccurrences(
  { pool }: Database,
  before: Date,
  batchSize: number,
): Promise<number> {
  const { rowCount } = await pool.query({
    name: 'delete-occurrences',
    text: `DELETE FROM scheduled_occurrences WHERE ctid = ANY (ARRAY(
             SELECT ctid FROM scheduled_occurrences WHERE recorded_at < $1 LIMIT $2 FOR UPDATE SKIP LOCKED))`,
    values: [before, batchSize],
  });
  return rowCount ?? 0;
}
