import type { Database } from '@florin/database';

/** Creates those partitions of `months` months that are missing, the month of `first` included; returns how many. */
export async function createEntryPartitions(
  database: Database,
  first: Date,
  months: number,
): Promise<number> {
  const { rows } = await database.pool.query<{ created: number }>(
    'SELECT create_entry_partitions($1, $2) AS created',
    [first, months],
  );
  return rows[0]!.created;
}
