import type { Transaction } from '@florin/database';

/**
 * Makes the projection of a wallet's opening and that of its first entries, which may be at work in two instances, wait
 * for each other: there is no row yet that both could lock. Ascending, like all locks.
 */
export async function lockNewWallets(tx: Transaction, walletIds: readonly string[]): Promise<void> {
  if (walletIds.length === 0) return;
  await tx.query({
    name: 'lock-new-wallets',
    text: `SELECT pg_advisory_xact_lock(key) FROM (
             SELECT hashtextextended(id, 0) AS key FROM unnest($1::text[]) AS r (id) ORDER BY 1) AS keys`,
    values: [walletIds],
  });
}
