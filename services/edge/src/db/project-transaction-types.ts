import type { TransactionTypeDefined } from '@florin/contracts';
import type { Transaction } from '@florin/database';
import { type TransactionTypeRow, transactionTypeId } from '../read-models/transaction-type.js';

/**
 * Puts versions of transaction types in force, and makes the highest version of each code the current one. Three
 * statements, because at most one row of a code may be current at any moment; definitions are rare.
 */
export async function projectTransactionTypes(
  tx: Transaction,
  events: readonly TransactionTypeDefined[],
): Promise<readonly TransactionTypeRow[]> {
  const { rows } = await tx.query<TransactionTypeRow>({
    name: 'project-transaction-types',
    text: `INSERT INTO transaction_types AS known
             (id, code, version, name, fee_flat, fee_basis_points, limit_per_transaction, limit_daily_amount,
              limit_daily_count, wallet_type_limits, created_at, status)
           SELECT r.*, 'active'
           FROM unnest($1::text[], $2::text[], $3::integer[], $4::text[], $5::bigint[], $6::integer[], $7::bigint[],
                       $8::bigint[], $9::integer[], $10::jsonb[], $11::timestamptz[]) AS r
           ORDER BY 1
           ON CONFLICT (id) DO UPDATE SET
             name = excluded.name, fee_flat = excluded.fee_flat, fee_basis_points = excluded.fee_basis_points,
             limit_per_transaction = excluded.limit_per_transaction,
             limit_daily_amount = excluded.limit_daily_amount, limit_daily_count = excluded.limit_daily_count,
             wallet_type_limits = excluded.wallet_type_limits, status = 'active'
           RETURNING id, code, version, name, fee_flat AS "feeFlat", fee_basis_points AS "feeBasisPoints",
             limit_per_transaction AS "limitPerTransaction", limit_daily_amount AS "limitDailyAmount",
             limit_daily_count AS "limitDailyCount", wallet_type_limits AS "walletTypeLimits", status,
             created_at AS "createdAt"`,
    values: [
      events.map((event) => transactionTypeId(event.code, event.meta.aggregateVersion)),
      events.map((event) => event.code),
      events.map((event) => event.meta.aggregateVersion),
      events.map((event) => event.name),
      events.map((event) => event.feeFlat),
      events.map((event) => event.feeBasisPoints),
      events.map((event) => event.limitPerTransaction),
      events.map((event) => event.limitDailyAmount),
      events.map((event) => event.limitDailyCount),
      events.map((event) => JSON.stringify(event.walletTypeLimits)),
      events.map((event) => new Date(event.meta.occurredAt)),
    ],
  });
  const codes = [...new Set(events.map((event) => event.code))];
  await tx.query({
    name: 'retire-transaction-types',
    text: 'UPDATE transaction_types SET current = false WHERE code = ANY($1::text[]) AND current',
    values: [codes],
  });
  await tx.query({
    name: 'promote-transaction-types',
    text: `UPDATE transaction_types SET current = true
           WHERE (code, version) IN (
             SELECT code, max(version) FROM transaction_types
             WHERE code = ANY($1::text[]) AND status = 'active' GROUP BY code)`,
    values: [codes],
  });
  return rows;
}
