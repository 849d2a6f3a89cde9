import type { UnitOfWork } from '@florin/messaging';
import type { TransactionTypeRow } from '../read-models/transaction-type.js';

/**
 * Inserts versions of transaction types that nobody has defined yet; a version that is taken is left out of the answer.
 * One that has been pending for long gives way to the next attempt: its command may be a dead letter.
 */
export async function insertPendingTransactionTypes(
  { tx }: UnitOfWork,
  rows: readonly TransactionTypeRow[],
): Promise<readonly string[]> {
  const result = await tx.query<{ id: string }>({
    name: 'insert-pending-transaction-types',
    text: `INSERT INTO transaction_types AS known
             (id, code, version, name, fee_flat, fee_basis_points, limit_per_transaction, limit_daily_amount,
              limit_daily_count, wallet_type_limits, created_at, status)
           SELECT r.*, 'pending'
           FROM unnest($1::text[], $2::text[], $3::integer[], $4::text[], $5::bigint[], $6::integer[], $7::bigint[],
                       $8::bigint[], $9::integer[], $10::jsonb[], $11::timestamptz[]) AS r
           ORDER BY 1
           ON CONFLICT (id) DO UPDATE SET
             name = excluded.name, fee_flat = excluded.fee_flat, fee_basis_points = excluded.fee_basis_points,
             limit_per_transaction = excluded.limit_per_transaction,
             limit_daily_amount = excluded.limit_daily_amount, limit_daily_count = excluded.limit_daily_count,
             wallet_type_limits = excluded.wallet_type_limits, created_at = excluded.created_at
           WHERE known.status = 'pending' AND known.created_at < excluded.created_at - interval '30 seconds'
           RETURNING id`,
    values: [
      rows.map((row) => row.id),
      rows.map((row) => row.code),
      rows.map((row) => row.version),
      rows.map((row) => row.name),
      rows.map((row) => row.feeFlat),
      rows.map((row) => row.feeBasisPoints),
      rows.map((row) => row.limitPerTransaction),
      rows.map((row) => row.limitDailyAmount),
      rows.map((row) => row.limitDailyCount),
      rows.map((row) => JSON.stringify(row.walletTypeLimits)),
      rows.map((row) => row.createdAt),
    ],
  });
  return result.rows.map((row) => row.id);
}
