import type { UnitOfWork } from '@florin/messaging';
import type { WalletTypeRow } from '../read-models/wallet-type.js';

/** Inserts wallet types that nobody has defined yet; codes that are taken are left out of the answer. */
export async function insertPendingWalletTypes(
  { tx }: UnitOfWork,
  rows: readonly WalletTypeRow[],
): Promise<readonly string[]> {
  const result = await tx.query<{ code: string }>({
    name: 'insert-pending-wallet-types',
    text: `INSERT INTO wallet_types (code, name, currency, overdraft_limit, max_balance, status, created_at)
           SELECT code, name, currency, overdraft_limit, max_balance, 'pending', created_at
           FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::bigint[], $6::timestamptz[])
             AS r (code, name, currency, overdraft_limit, max_balance, created_at)
           ORDER BY code
           ON CONFLICT DO NOTHING RETURNING code`,
    values: [
      rows.map((row) => row.code),
      rows.map((row) => row.name),
      rows.map((row) => row.currency),
      rows.map((row) => row.overdraftLimit),
      rows.map((row) => row.maxBalance),
      rows.map((row) => row.createdAt),
    ],
  });
  return result.rows.map((row) => row.code);
}
