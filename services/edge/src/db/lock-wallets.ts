import type { Transaction } from '@florin/database';

/**
 * Locks the wallets of entries in ascending order, so that two edges that project the same hot wallets cannot deadlock.
 * Returns the ids that the read model has.
 */
export async function lockWallets(
  tx: Transaction,
  walletIds: readonly string[],
): Promise<ReadonlySet<string>> {
  const { rows } = await tx.query<{ id: string }>({
    name: 'lock-wallets',
    text: 'SELECT id FROM wallets WHERE id = ANY($1::uuid[]) ORDER BY id FOR NO KEY UPDATE',
    values: [walletIds],
  });
  return new Set(rows.map((row) => row.id));
}
