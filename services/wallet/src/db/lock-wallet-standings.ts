import type { Transaction } from '@florin/database';
import type { WalletStanding } from '../domain/wallet-status.js';

export interface LockedWallet extends WalletStanding {
  readonly walletId: string;
  readonly ownerId: string;
  readonly version: number;
}

/**
 * Locks customers' wallets in ascending order, as postings do: a status is decided on the balance of the last commit,
 * and no posting that has seen the old status can commit after it.
 */
export async function lockWalletStandings(
  tx: Transaction,
  walletIds: readonly string[],
): Promise<ReadonlyMap<string, LockedWallet>> {
  const { rows } = await tx.query<LockedWallet>({
    name: 'lock-wallet-standings',
    text: `SELECT id AS "walletId", owner_id AS "ownerId", status, posted, held, version
             FROM wallets WHERE id = ANY($1::uuid[]) AND kind = 'customer' ORDER BY id FOR NO KEY UPDATE`,
    values: [walletIds],
  });
  return new Map(rows.map((row) => [row.walletId, row]));
}
