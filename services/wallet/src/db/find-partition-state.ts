import type { Database } from '@florin/database';

export interface PartitionState {
  /** Entries that are in no partition of their own; counted up to a million. */
  readonly strayEntries: number;
  readonly coveredUntil: Date;
}

export async function findPartitionState(database: Database): Promise<PartitionState> {
  const { rows } = await database.pool.query<PartitionState>(
    'SELECT stray_entries AS "strayEntries", covered_until AS "coveredUntil" FROM entry_partition_state()',
  );
  return rows[0]!;
}
