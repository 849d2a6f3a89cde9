import type { Database } from '@florin/database';

/** Deletes old keys in bounded batches, so that no transaction holds back vacuum for long; returns how many. */
export async function deleteIdempotencyKeys(
  database: Database,
  before: Date,
  batchSize: number,
): Promise<number> {
  const result = await database.pool.query({
    name: 'delete-idempotency-keys',
    text: `DELETE FROM idempotency_keys WHERE ctid = ANY (ARRAY(
             SELECT ctid FROM idempotency_keys WHERE claimed_at < $1 LIMIT $2 FOR UPDATE SKIP LOCKED))`,
    values: [before, batchSize],
  });
  return result.rowCount ?? 0;
}
