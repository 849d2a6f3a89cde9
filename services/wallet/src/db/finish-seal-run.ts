import type { Transaction } from '@florin/database';

export interface FinishedSealRun {
  readonly wallets: number;
  readonly entries: number;
}

/** Ends a run; undefined when another instance has ended it. */
export async function finishSealRun(
  tx: Transaction,
  run: { readonly id: string; readonly hash: Buffer; readonly sealedAt: Date },
): Promise<FinishedSealRun | undefined> {
  const { rows } = await tx.query<FinishedSealRun>({
    name: 'finish-seal-run',
    text: `UPDATE seal_runs SET status = 'sealed', hash = $2, sealed_at = $3 WHERE id = $1 AND status = 'running'
        RETURNING wallets, entries`,
    values: [run.id, run.hash, run.sealedAt],
  });
  return rows[0];
}
