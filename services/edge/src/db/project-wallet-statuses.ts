import type { WalletStatusChanged } from '@florin/contracts';
import type { Transaction } from '@florin/database';
import type { WalletRow } from '../read-models/wallet.js';

/** As it is now, and whether the event is newer than what was known. */
export interface ChangedWallet extends WalletRow {
  readonly changed: boolean;
}

/**
 * Shows the newest status of wallets, at most one event for each, and returns the wallets as they are now. A wallet
 * that is missing in the answer has not been opened in the read model yet.
 */
export async function projectWalletStatuses(
  tx: Transaction,
  events: readonly WalletStatusChanged[],
): Promise<readonly ChangedWallet[]> {
  const { rows } = await tx.query<ChangedWallet>({
    name: 'project-wallet-statuses',
    text: `WITH locked AS MATERIALIZED (
             SELECT id, version FROM wallets WHERE id = ANY($1::uuid[]) ORDER BY id FOR NO KEY UPDATE
           )
           UPDATE wallets AS known
           SET status = CASE WHEN r.version > known.version THEN r.status ELSE known.status END,
             version = greatest(r.version, known.version)
           FROM unnest($1::uuid[], $2::text[], $3::bigint[]) AS r (id, status, version) JOIN locked ON locked.id = r.id
           WHERE known.id = r.id AND known.status IN ('active', 'frozen', 'closed')
           RETURNING known.id, owner_id AS "ownerId", wallet_type AS "walletType", currency, name, known.status,
             refusal_reason AS "refusalReason", posted, held, available, created_at AS "createdAt",
             r.version > locked.version AS changed`,
    values: [
      events.map((event) => event.walletId),
      events.map((event) => event.status),
      events.map((event) => event.meta.aggregateVersion),
    ],
  });
  return rows;
}
