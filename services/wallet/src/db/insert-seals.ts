import type { Transaction } from '@florin/database';

export interface NewSeal {
  readonly walletId: string;
  readonly firstSequence: number;
  readonly lastSequence: number;
  readonly firstPostedAt: string;
  readonly lastPostedAt: string;
  readonly hash: Buffer;
  readonly marks: Buffer;
}

/**
 * Stores the seals of one step of a run and moves its cursor. False when another instance has taken the step: what the
 * caller has written in this transaction must be rolled back.
 */
export async function insertSeals(
  tx: Transaction,
  run: { readonly id: string; readonly from: string; readonly to: string; readonly leaseUntil: Date },
  seals: readonly NewSeal[],
): Promise<boolean> {
  const entries = seals.reduce((sum, seal) => sum + seal.lastSequence - seal.firstSequence + 1, 0);
  const { rowCount } = await tx.query({
    name: 'advance-seal-run',
    text: `UPDATE seal_runs SET wallet_cursor = $3, lease_until = $4, wallets = wallets + $5, entries = entries + $6
            WHERE id = $1 AND status = 'running' AND wallet_cursor = $2`,
    values: [run.id, run.from, run.to, run.leaseUntil, seals.length, entries],
  });
  if (rowCount !== 1) return false;
  if (seals.length === 0) return true;
  await tx.query({
    name: 'insert-seals',
    text: `INSERT INTO entry_seals (run_id, wallet_id, first_sequence, last_sequence, first_posted_at, last_posted_at, hash, marks)
           SELECT $1, * FROM unnest($2::uuid[], $3::bigint[], $4::bigint[], $5::timestamptz[], $6::timestamptz[],
                                    $7::bytea[], $8::bytea[])`,
    values: [
      run.id,
      seals.map((seal) => seal.walletId),
      seals.map((seal) => seal.firstSequence),
      seals.map((seal) => seal.lastSequence),
      seals.map((seal) => seal.firstPostedAt),
      seals.map((seal) => seal.lastPostedAt),
      seals.map((seal) => seal.hash),
      seals.map((seal) => seal.marks),
    ],
  });
  return true;
}
