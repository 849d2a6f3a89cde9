import type { Database } from '@florin/database';

/** What never changes about an open wallet. */
export interface WalletFacts {
  readonly id: string;
  readonly ownerId: string;
  readonly walletType: string;
  readonly currency: string;
}

/** The facts of open wallets by id. */
export async function findWalletFacts(
  database: Database,
  ids: readonly string[],
): Promise<ReadonlyMap<string, WalletFacts>> {
  const { rows } = await database.pool.query<WalletFacts>({
    name: 'find-wallet-facts',
    text: `SELECT id, owner_id AS "ownerId", wallet_type AS "walletType", currency
           FROM wallets WHERE id = ANY($1::uuid[]) AND status = 'active'`,
    values: [ids],
  });
  return new Map(rows.map((row) => [row.id, row]));
}
