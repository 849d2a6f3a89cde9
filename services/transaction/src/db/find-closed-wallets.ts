import type { Transaction } from '@florin/database';

/** Which of the wallets were closed. */
export async function findClosedWallets(
  tx: Transaction,
  walletIds: readonly string[],
): Promise<ReadonlySet<string>> {
  const { rows } = await tx.query<{ id: string }>({
    name: 'find-closed-wallets',
    text: 'SELECT wallet_id AS id FROM closed_wallets WHERE wallet_id = ANY($1::uuid[])',
    values: [walletIds],
  });
  return new Set(rows.map(({ id }) => id));
}
