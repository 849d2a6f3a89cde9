import type { Transaction } from '@florin/database';

export interface CardWallet {
  readonly id: string;
  readonly ownerId: string | null;
  readonly status: string;
  readonly accountNumber: number;
}

/** The wallets that cards are wanted on. The lock, in ascending id order, keeps them from being closed meanwhile. */
export async function lockCardWallets(
  tx: Transaction,
  ids: readonly string[],
): Promise<ReadonlyMap<string, CardWallet>> {
  const { rows } = await tx.query<CardWallet>({
    name: 'lock-card-wallets',
    text: `SELECT id, owner_id AS "ownerId", status, account_number AS "accountNumber"
             FROM wallets WHERE id = ANY($1::uuid[]) ORDER BY id FOR SHARE`,
    values: [ids],
  });
  return new Map(rows.map((row) => [row.id, row]));
}
