import type { Database } from '@florin/database';

export interface SealedRun {
  readonly id: string;
  readonly number: number;
  /** Its seals: one a wallet. */
  readonly wallets: number;
  readonly hash: Buffer;
}

/** Runs that have ended, after that of a number, in their order: one a day. */
export async function findSealRuns(
  database: Database,
  page: { readonly after: number; readonly limit: number },
): Promise<readonly SealedRun[]> {
  const { rows } = await database.pool.query<SealedRun>({
    name: 'find-seal-runs',
    text: `SELECT id, number, wallets, hash FROM seal_runs
            WHERE status = 'sealed' AND number > $1 ORDER BY number LIMIT $2`,
    values: [page.after, page.limit],
  });
  return rows;
}

/** The newest run that has ended; undefined when nothing was ever sealed. */
export async function findLastSealRun(database: Database): Promise<SealedRun | undefined> {
  const { rows } = await database.pool.query<SealedRun>({
    name: 'find-last-seal-run',
    text: `SELECT id, number, wallets, hash FROM seal_runs WHERE status = 'sealed' ORDER BY number DESC LIMIT 1`,
  });
  return rows[0];
}
