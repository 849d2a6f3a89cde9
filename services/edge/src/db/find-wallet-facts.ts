import type { Database } from '@florin/database';

/** What never changes about a wallet that was opened. */
export interface WalletFacts {
  readonly id: string;
  readonly ownerId: string;
  readonly walletType: string;
  readonly currency: string;
}

/** The facts by id of wallets that were opened, those closed since included. */
export async function findWalletFacts(
  database: Database,
  ids: readonly string[],
): Promise<ReadonlyMap<string, WalletFacts>> {
  const { rows } = await database.pool.query<WalletFacts>({
    name: 'find-wallet-facts',
    text: `SELECT id, owner_id AS "ownerId", wallet_type AS "walletType", currency
           FROM wallets WHERE id = ANY($1::uuid[]) AND status IN ('active', 'frozen', 'closed')`,
    values: [ids],
  });
  return new Map(rows.map((row) => [row.id, row]));
}
