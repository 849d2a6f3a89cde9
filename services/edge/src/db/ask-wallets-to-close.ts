import type { Transaction } from '@florin/database';

export interface WalletClosing {
  readonly walletId: string;
  readonly changeId: string;
}

/**
 * Remembers which wallets of a leaving customer are asked to close, and by which request; returns those that were not
 * asked before.
 */
export async function askWalletsToClose(
  tx: Transaction,
  customerId: string,
  closings: readonly WalletClosing[],
): Promise<ReadonlySet<string>> {
  const { rows } = await tx.query<{ wallet_id: string }>({
    name: 'insert-erasure-wallets',
    text: `INSERT INTO customer_erasure_wallets (wallet_id, customer_id, change_id)
           SELECT wallet_id, $1, change_id FROM unnest($2::uuid[], $3::uuid[]) AS r (wallet_id, change_id)
           ON CONFLICT DO NOTHING RETURNING wallet_id`,
    values: [customerId, closings.map((c) => c.walletId), closings.map((c) => c.changeId)],
  });
  return new Set(rows.map((row) => row.wallet_id));
}
