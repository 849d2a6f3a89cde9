import type { Transaction } from '@florin/database';
import type { TransactionTypeRow } from '../read-models/transaction-type.js';

/** Inserts transaction types that nobody has defined yet; codes that are taken are left out of the answer. */
export async function insertPendingTransactionTypes(
  tx: Transaction,
  rows: readonly TransactionTypeRow[],
): Promise<readonly string[]> {
  const result = await tx.query<{ code: string }>({
    name: 'insert-pending-transaction-types',
    text: `INSERT INTO transaction_types
             (code, name, fee_flat, fee_basis_points, limit_per_transaction, limit_daily_amount, limit_daily_count,
              created_at, status)
           SELECT r.*, 'pending'
           FROM unnest($1::text[], $2::text[], $3::bigint[], $4::integer[], $5::bigint[], $6::bigint[],
                       $7::integer[], $8::timestamptz[]) AS r
           ORDER BY 1
           ON CONFLICT DO NOTHING RETURNING code`,
    values: [
      rows.map((row) => row.code),
      rows.map((row) => row.name),
      rows.map((row) => row.feeFlat),
      rows.map((row) => row.feeBasisPoints),
      rows.map((row) => row.limitPerTransaction),
      rows.map((row) => row.limitDailyAmount),
      rows.map((row) => row.limitDailyCount),
      rows.map((row) => row.createdAt),
    ],
  });
  return result.rows.map((row) => row.code);
}
