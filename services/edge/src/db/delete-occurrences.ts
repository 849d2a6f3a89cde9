import type { Database } from '@florin/database';

/** Deletes occurrences of schedules from before an instant; in bounded batches, returns how many. */
export async function deleteOccurrences(
  database: Database,
  before: Date,
  batchSize: number,
): Promise<number> {
  const result = await database.pool.query({
    name: 'delete-occurrences',
    text: `DELETE FROM scheduled_occurrences WHERE ctid = ANY (ARRAY(
             SELECT ctid FROM scheduled_occurrences WHERE occurs_at < $1 LIMIT $2 FOR UPDATE SKIP LOCKED))`,
    values: [before, batchSize],
  });
  return result.rowCount ?? 0;
}
