import type { Pool } from '@florin/database';

/** What waits in an outbox, by the clock of the database, which stamped the rows. */
export interface OutboxState {
  /** Counted up to `maxCounted`: counting a million rows again and again would slow down publishing them. */
  readonly unpublished: number;
  readonly oldestAgeMs: number;
  /** Shards that this process publishes. */
  readonly leases: number;
}

export const maxCounted = 100_000;

export async function readOutboxState(pool: Pool, leases: number): Promise<OutboxState> {
  const { rows } = await pool.query<Omit<OutboxState, 'leases'>>({
    name: 'read-outbox-state',
    text: `SELECT (SELECT count(*) FROM (SELECT FROM outbox LIMIT ${maxCounted}) AS counted) AS unpublished,
             coalesce((SELECT greatest(0, round(extract(epoch FROM clock_timestamp() - created_at) * 1000))
                       FROM outbox ORDER BY id LIMIT 1), 0)::bigint AS "oldestAgeMs"`,
  });
  return { ...rows[0]!, leases };
}
