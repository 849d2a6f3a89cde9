import type { Database } from '@florin/database';

export interface SealedRun {
  readonly id: string;
  readonly number: number;
  readonly hash: Buffer;
}

/** All runs that have ended, in their order: one a day. */
export async function findSealRuns(database: Database): Promise<readonly SealedRun[]> {
  const { rows } = await database.pool.query<SealedRun>(
    "SELECT id, number, hash FROM seal_runs WHERE status = 'sealed' ORDER BY number",
  );
  return rows;
}
