import type { Database } from '@florin/database';

/** Forgets callbacks that are refused for their age by now; in bounded batches, returns how many. */
export async function deletePspCallbacks(
  database: Database,
  before: Date,
  batchSize: number,
): Promise<number> {
  const result = await database.pool.query({
    name: 'delete-psp-callbacks',
    text: `DELETE FROM psp_callbacks WHERE ctid = ANY (ARRAY(
             SELECT ctid FROM psp_callbacks WHERE received_at < $1 LIMIT $2 FOR UPDATE SKIP LOCKED))`,
    values: [before, batchSize],
  });
  return result.rowCount ?? 0;
}
