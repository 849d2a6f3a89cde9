import type { WalletRefused } from '@florin/contracts';
import type { Transaction } from '@florin/database';
import type { WalletRow } from '../read-models/wallet.js';

/** Marks wallets that could not be opened. */
export async function projectRefusedWallets(
  tx: Transaction,
  events: readonly WalletRefused[],
): Promise<readonly WalletRow[]> {
  const { rows } = await tx.query<WalletRow>({
    name: 'project-refused-wallets',
    text: `UPDATE wallets SET status = 'refused', refusal_reason = r.reason
           FROM unnest($1::uuid[], $2::text[]) AS r (id, reason)
           WHERE wallets.id = r.id AND wallets.status = 'pending'
           RETURNING wallets.id, owner_id AS "ownerId", wallet_type AS "walletType", currency, name, status,
             refusal_reason AS "refusalReason", posted, held, available, created_at AS "createdAt"`,
    values: [events.map((event) => event.walletId), events.map((event) => event.reason)],
  });
  return rows;
}
