import type { TransactionTypeDefined } from '@florin/contracts';
import type { Transaction } from '@florin/database';
import type { TransactionTypeRow } from '../read-models/transaction-type.js';

/** Shows definitions of transaction types, the newest version of each code. At most one event for each code. */
export async function projectTransactionTypes(
  tx: Transaction,
  events: readonly TransactionTypeDefined[],
): Promise<readonly TransactionTypeRow[]> {
  const { rows } = await tx.query<TransactionTypeRow>({
    name: 'project-transaction-types',
    text: `INSERT INTO transaction_types AS known
             (code, name, fee_flat, fee_basis_points, limit_per_transaction, limit_daily_amount, limit_daily_count,
              version, created_at, status)
           SELECT r.*, 'active'
           FROM unnest($1::text[], $2::text[], $3::bigint[], $4::integer[], $5::bigint[], $6::bigint[],
                       $7::integer[], $8::bigint[], $9::timestamptz[]) AS r
           ORDER BY 1
           ON CONFLICT (code) DO UPDATE SET
             name = excluded.name, fee_flat = excluded.fee_flat, fee_basis_points = excluded.fee_basis_points,
             limit_per_transaction = excluded.limit_per_transaction,
             limit_daily_amount = excluded.limit_daily_amount, limit_daily_count = excluded.limit_daily_count,
             version = excluded.version, status = 'active'
           WHERE known.status = 'pending' OR excluded.version >= known.version
           RETURNING code, name, fee_flat AS "feeFlat", fee_basis_points AS "feeBasisPoints",
             limit_per_transaction AS "limitPerTransaction", limit_daily_amount AS "limitDailyAmount",
             limit_daily_count AS "limitDailyCount", status, created_at AS "createdAt"`,
    values: [
      events.map((event) => event.code),
      events.map((event) => event.name),
      events.map((event) => event.feeFlat),
      events.map((event) => event.feeBasisPoints),
      events.map((event) => event.limitPerTransaction),
      events.map((event) => event.limitDailyAmount),
      events.map((event) => event.limitDailyCount),
      events.map((event) => event.meta.aggregateVersion),
      events.map((event) => new Date(event.meta.occurredAt)),
    ],
  });
  return rows;
}
