import type { Transaction } from '@florin/database';
import type { WalletStatus } from '../domain/wallet-status.js';

/** Stores the status of a locked wallet and returns its new version. */
export async function updateWalletStatus(
  tx: Transaction,
  walletId: string,
  status: WalletStatus,
): Promise<number> {
  const { rows } = await tx.query<{ version: number }>({
    name: 'update-wallet-status',
    text: 'UPDATE wallets SET status = $2, version = version + 1 WHERE id = $1 RETURNING version',
    values: [walletId, status],
  });
  return rows[0]!.version;
}
