import type { Pool, Transaction } from '@florin/database';
import { RunHash, type SealFact } from '../domain/entry-chain.js';

const pageSize = 20_000;

/** Computes the hash of a run from its seals and the stored hash of the run before. */
export async function hashSealRun(
  tx: Transaction | Pool,
  run: { readonly id: string; readonly number: number },
): Promise<Buffer> {
  const previous = await tx.query<{ hash: Buffer }>('SELECT hash FROM seal_runs WHERE number = $1', [
    run.number - 1,
  ]);
  const hash = new RunHash(previous.rows[0]?.hash);
  let [walletId, lastSequence] = ['00000000-0000-0000-0000-000000000000', 0];
  for (;;) {
    const { rows } = await tx.query<SealFact>({
      name: 'find-seals-of-run',
      text: `SELECT wallet_id AS "walletId", last_sequence AS "lastSequence", hash FROM entry_seals
              WHERE run_id = $1 AND (wallet_id, last_sequence) > ($2, $3)
              ORDER BY wallet_id, last_sequence LIMIT $4`,
      values: [run.id, walletId, lastSequence, pageSize],
    });
    for (const seal of rows) hash.add(seal);
    const last = rows.at(-1);
    if (!last || rows.length < pageSize) return hash.digest();
    ({ walletId, lastSequence } = last);
  }
}
