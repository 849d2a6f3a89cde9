import type { Database } from '@florin/database';

/** Forgets quotes that were asked for before an instant; in bounded batches, returns how many. */
export async function deleteFxQuotes(database: Database, before: Date, batchSize: number): Promise<number> {
  const result = await database.pool.query({
    name: 'delete-fx-quotes',
    text: `DELETE FROM fx_quotes WHERE ctid = ANY (ARRAY(
             SELECT ctid FROM fx_quotes WHERE created_at < $1 LIMIT $2 FOR UPDATE SKIP LOCKED))`,
    values: [before, batchSize],
  });
  return result.rowCount ?? 0;
}
