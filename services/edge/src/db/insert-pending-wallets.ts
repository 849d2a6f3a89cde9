import type { UnitOfWork } from '@florin/messaging';
import type { WalletRow } from '../read-models/wallet.js';

/** Shows wallets that are being opened, so that GET after 202 finds them. */
export async function insertPendingWallets(
  { tx }: UnitOfWork,
  rows: readonly WalletRow[],
): Promise<readonly string[]> {
  const result = await tx.query<{ id: string }>({
    name: 'insert-pending-wallets',
    text: `INSERT INTO wallets (id, owner_id, wallet_type, currency, name, status, created_at)
           SELECT id, owner_id, wallet_type, currency, name, 'pending', created_at
           FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::timestamptz[])
             AS r (id, owner_id, wallet_type, currency, name, created_at)
           ON CONFLICT DO NOTHING RETURNING id`,
    values: [
      rows.map((row) => row.id),
      rows.map((row) => row.ownerId),
      rows.map((row) => row.walletType),
      rows.map((row) => row.currency),
      rows.map((row) => row.name),
      rows.map((row) => row.createdAt),
    ],
  });
  return result.rows.map((row) => row.id);
}
