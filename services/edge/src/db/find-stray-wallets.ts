import type { Pool } from '@florin/database';

export interface StrayWallet {
  readonly walletId: string;
  readonly customerId: string;
}

/**
 * Open wallets of customers who are erased already: a command to open one was under way. Each was asked to close at
 * most once, so that one with money in it is not asked again and again; it stays in the ledger for the back office.
 */
export async function findStrayWallets(
  pool: Pool,
  erasedAfter: number,
  limit: number,
): Promise<readonly StrayWallet[]> {
  const { rows } = await pool.query<StrayWallet>({
    name: 'find-stray-wallets',
    text: `
      SELECT w.id AS "walletId", w.owner_id AS "customerId"
      FROM customer_erasures e JOIN wallets w ON w.owner_id = e.customer_id
      WHERE e.erased_at > $1 AND w.status IN ('active', 'frozen')
        AND NOT EXISTS (SELECT 1 FROM customer_erasure_wallets asked WHERE asked.wallet_id = w.id)
      LIMIT $2`,
    values: [new Date(erasedAfter), limit],
  });
  return rows;
}
