import type { Database } from '@florin/database';

export interface OverdueHolds {
  /** Up to 100,000. */
  readonly count: number;
  readonly oldestExpiresAt: Date | null;
}

/** Open holds whose time is over. Both answers come from the index that the job uses. */
export async function findOverdueHolds(database: Database, now: Date): Promise<OverdueHolds> {
  const { rows } = await database.pool.query<OverdueHolds>({
    name: 'find-overdue-holds',
    text: `SELECT count(*) AS count, min(expires_at) AS "oldestExpiresAt"
             FROM (SELECT expires_at FROM holds WHERE status = 'open' AND expires_at <= $1
                    ORDER BY expires_at LIMIT 100000) AS overdue`,
    values: [now],
  });
  return rows[0]!;
}
