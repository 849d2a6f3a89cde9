import type { Database } from '@florin/database';

export interface OutboxState {
  readonly unpublished: number;
  readonly oldestUnpublishedAgeMs: number;
}

/** How much waits to be published, by the clock of the database, which stamped the rows. */
export async function measureOutbox(database: Database): Promise<OutboxState> {
  const { rows } = await database.pool.query<OutboxState>({
    name: 'measure-outbox',
    text: `SELECT count(*) AS unpublished,
             coalesce(round(extract(epoch FROM clock_timestamp() - min(created_at)) * 1000), 0)::bigint
               AS "oldestUnpublishedAgeMs"
           FROM outbox`,
  });
  return rows[0]!;
}
