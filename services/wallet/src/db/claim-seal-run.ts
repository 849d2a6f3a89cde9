import type { Database } from '@florin/database';

export interface SealRun {
  readonly id: string;
  readonly number: number;
  /** The last wallet that is done. */
  readonly walletCursor: string;
}

/**
 * Takes the run that is under way, or starts one when the last began before `dueBefore`. The lease gives the run of a
 * process that died to another. Undefined when there is nothing to do or another instance does it.
 */
export async function claimSealRun(
  database: Database,
  run: { readonly newId: string; readonly now: Date; readonly dueBefore: Date; readonly leaseUntil: Date },
): Promise<SealRun | undefined> {
  // Two instances that start a run at once: the number is unique, and the second gets nothing.
  await database.pool.query({
    name: 'start-seal-run',
    text: `INSERT INTO seal_runs (id, number, status, started_at)
           SELECT $1, coalesce(max(number), 0) + 1, 'running', $2 FROM seal_runs
           HAVING coalesce(max(started_at), '-infinity') <= $3 AND count(*) FILTER (WHERE status = 'running') = 0
           ON CONFLICT DO NOTHING`,
    values: [run.newId, run.now, run.dueBefore],
  });
  const { rows } = await database.pool.query<SealRun>({
    name: 'claim-seal-run',
    text: `UPDATE seal_runs SET lease_until = $2 WHERE status = 'running' AND lease_until < $1
        RETURNING id, number, wallet_cursor AS "walletCursor"`,
    values: [run.now, run.leaseUntil],
  });
  return rows[0];
}

/** Gives a run back that this process has come so far with. */
export async function releaseSealRun(database: Database, id: string, walletCursor: string): Promise<void> {
  await database.pool.query({
    name: 'release-seal-run',
    text: `UPDATE seal_runs SET lease_until = '-infinity' WHERE id = $1 AND wallet_cursor = $2 AND status = 'running'`,
    values: [id, walletCursor],
  });
}
