import type { Database } from '@florin/database';

/** Deletes old calls in bounded batches, so that no transaction holds back vacuum for long; returns how many. */
export async function deleteKeyedCalls(database: Database, before: Date, batchSize: number): Promise<number> {
  const result = await database.pool.query({
    name: 'delete-keyed-calls',
    text: `DELETE FROM keyed_calls WHERE ctid = ANY (ARRAY(
             SELECT ctid FROM keyed_calls WHERE claimed_at < $1 LIMIT $2 FOR UPDATE SKIP LOCKED))`,
    values: [before, batchSize],
  });
  return result.rowCount ?? 0;
}
