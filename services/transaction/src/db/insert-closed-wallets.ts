import type { Transaction } from '@florin/database';

export async function insertClosedWallets(tx: Transaction, walletIds: readonly string[]): Promise<void> {
  await tx.query({
    name: 'insert-closed-wallets',
    text: `INSERT INTO closed_wallets (wallet_id) SELECT DISTINCT id FROM unnest($1::uuid[]) AS id ORDER BY id
           ON CONFLICT DO NOTHING`,
    values: [walletIds],
  });
}
