import type { Transaction } from '@florin/database';

/** Those of the ids that are wallets or accounts of the ledger. */
export async function findWalletIds(tx: Transaction, ids: readonly string[]): Promise<ReadonlySet<string>> {
  if (ids.length === 0) return new Set();
  const { rows } = await tx.query<{ id: string }>({
    name: 'find-wallet-ids',
    text: 'SELECT id FROM wallets WHERE id = ANY($1::uuid[])',
    values: [ids],
  });
  return new Set(rows.map(({ id }) => id));
}
