import type { BodyOf, DefineTransactionType } from '@florin/contracts';
import type { Transaction } from '@florin/database';
import type { Limits } from '../domain/limits.js';

/** Creates a transaction type or changes the one with this code, and notes the version, which is returned. */
export async function upsertTransactionType(
  tx: Transaction,
  type: BodyOf<DefineTransactionType>,
  definition: { readonly definedAt: Date; readonly definedBy: string | null },
): Promise<number> {
  const { rows } = await tx.query<{ version: number }>({
    name: 'upsert-transaction-type',
    text: `WITH defined AS (
             INSERT INTO transaction_types (code, name, fee_flat, fee_basis_points, limit_per_transaction,
                                            limit_daily_amount, limit_daily_count, wallet_type_limits, updated_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
             ON CONFLICT (code) DO UPDATE
               SET name = excluded.name, fee_flat = excluded.fee_flat, fee_basis_points = excluded.fee_basis_points,
                   limit_per_transaction = excluded.limit_per_transaction,
                   limit_daily_amount = excluded.limit_daily_amount, limit_daily_count = excluded.limit_daily_count,
                   wallet_type_limits = excluded.wallet_type_limits,
                   version = transaction_types.version + 1, updated_at = excluded.updated_at
             RETURNING *)
           INSERT INTO transaction_type_versions (code, version, name, fee_flat, fee_basis_points,
                                                  limit_per_transaction, limit_daily_amount, limit_daily_count,
                                                  wallet_type_limits, defined_at, defined_by)
           SELECT code, version, name, fee_flat, fee_basis_points, limit_per_transaction, limit_daily_amount,
                  limit_daily_count, wallet_type_limits, updated_at, $10
             FROM defined
           RETURNING version`,
    values: [
      type.code,
      type.name,
      type.feeFlat,
      type.feeBasisPoints,
      type.limitPerTransaction,
      type.limitDailyAmount,
      type.limitDailyCount,
      JSON.stringify(limitsByWalletType(type)),
      definition.definedAt,
      definition.definedBy,
    ],
  });
  return rows[0]!.version;
}

function limitsByWalletType({ walletTypeLimits }: BodyOf<DefineTransactionType>): Record<string, Limits> {
  return Object.fromEntries(walletTypeLimits.map(({ walletType, ...limits }) => [walletType, limits]));
}
