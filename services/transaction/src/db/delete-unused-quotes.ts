import type { Database } from '@florin/database';

/** Deletes quotes that expired before an instant and were never used; in bounded batches, returns how many. */
export async function deleteUnusedQuotes(
  { pool }: Database,
  before: Date,
  batchSize: number,
): Promise<number> {
  const { rowCount } = await pool.query({
    name: 'delete-unused-quotes',
    text: `DELETE FROM fx_quotes WHERE transaction_id IS NULL AND ctid = ANY (ARRAY(
             SELECT ctid FROM fx_quotes WHERE transaction_id IS NULL AND expires_at < $1
              LIMIT $2 FOR UPDATE SKIP LOCKED))`,
    values: [before, batchSize],
  });
  return rowCount ?? 0;
}
