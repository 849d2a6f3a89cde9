import type { Database } from '@florin/database';

/** Deletes old events in bounded batches, so that no transaction holds back vacuum for long; returns how many. */
export async function deleteSecurityEvents(
  database: Database,
  before: Date,
  batchSize: number,
): Promise<number> {
  const { rowCount } = await database.pool.query({
    name: 'delete-security-events',
    text: `DELETE FROM security_events WHERE id = ANY (ARRAY(
             SELECT id FROM security_events WHERE occurred_at < $1
             ORDER BY occurred_at, id LIMIT $2 FOR UPDATE SKIP LOCKED))`,
    values: [before, batchSize],
  });
  return rowCount ?? 0;
}
