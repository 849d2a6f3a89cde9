import type { Transaction } from '@florin/database';
import type { LeavingWallet } from '../domain/erasure.js';

/**
 * All wallets of a customer with what became of the requests to close them. A request that was forgotten counts as
 * pending: the status of the wallet will tell.
 */
export async function findLeavingWallets(
  tx: Transaction,
  customerId: string,
): Promise<readonly LeavingWallet[]> {
  const { rows } = await tx.query<LeavingWallet & { closing: LeavingWallet['closing'] | null }>({
    name: 'find-leaving-wallets',
    text: `
      SELECT w.id, w.status,
        CASE WHEN asked.wallet_id IS NOT NULL THEN coalesce(change.status, 'pending') END AS closing
      FROM wallets w
      LEFT JOIN customer_erasure_wallets asked ON asked.wallet_id = w.id
      LEFT JOIN status_changes change ON change.id = asked.change_id
      WHERE w.owner_id = $1`,
    values: [customerId],
  });
  return rows.map((row) => ({ ...row, closing: row.closing ?? undefined }));
}
