import type { Database } from '@florin/database';

/** Ids of entries by their number, wherever and whenever they are said to have been posted. For findings only: slow. */
export async function findEntryIds(
  database: Database,
  walletId: string,
  sequences: readonly number[],
): Promise<ReadonlyMap<number, string>> {
  const { rows } = await database.pool.query<{ sequence: number; id: string }>(
    'SELECT sequence, id FROM entries WHERE wallet_id = $1 AND sequence = ANY($2::bigint[])',
    [walletId, sequences],
  );
  return new Map(rows.map(({ sequence, id }) => [sequence, id]));
}
