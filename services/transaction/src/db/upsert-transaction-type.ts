import type { BodyOf, DefineTransactionType } from '@florin/contracts';
import type { Transaction } from '@florin/database';

/** Creates a transaction type or changes the one with this code; returns its version. */
export async function upsertTransactionType(
  tx: Transaction,
  type: BodyOf<DefineTransactionType>,
  updatedAt: Date,
): Promise<number> {
  const { rows } = await tx.query<{ version: number }>({
    name: 'upsert-transaction-type',
    text: `INSERT INTO transaction_types (code, name, fee_flat, fee_basis_points, limit_per_transaction,
                                          limit_daily_amount, limit_daily_count, updated_at)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
           ON CONFLICT (code) DO UPDATE
             SET name = excluded.name, fee_flat = excluded.fee_flat, fee_basis_points = excluded.fee_basis_points,
                 limit_per_transaction = excluded.limit_per_transaction,
                 limit_daily_amount = excluded.limit_daily_amount, limit_daily_count = excluded.limit_daily_count,
                 version = transaction_types.version + 1, updated_at = excluded.updated_at
           RETURNING version`,
    values: [
      type.code,
      type.name,
      type.feeFlat,
      type.feeBasisPoints,
      type.limitPerTransaction,
      type.limitDailyAmount,
      type.limitDailyCount,
      updatedAt,
    ],
  });
  return rows[0]!.version;
}
