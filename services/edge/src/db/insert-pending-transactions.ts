import type { Transaction } from '@florin/database';
import type { TransactionRow } from '../read-models/transaction.js';

/** A transaction with the customers who may see it. */
export interface OwnedTransactionRow extends TransactionRow {
  readonly sourceOwnerId: string | null;
  readonly destinationOwnerId: string | null;
}

/** Shows transactions that are on their way, so that GET after 202 finds them. */
export async function insertPendingTransactions(
  tx: Transaction,
  rows: readonly OwnedTransactionRow[],
): Promise<readonly string[]> {
  const result = await tx.query<{ id: string }>({
    name: 'insert-pending-transactions',
    text: `INSERT INTO transactions
             (id, type, amount, fee, currency, source_wallet_id, source_owner_id, destination_wallet_id,
              destination_owner_id, description, created_at, origin_kind, origin_id, status)
           SELECT r.*, 'pending'
           FROM unnest($1::uuid[], $2::text[], $3::bigint[], $4::bigint[], $5::text[], $6::uuid[], $7::uuid[],
                       $8::uuid[], $9::uuid[], $10::text[], $11::timestamptz[], $12::text[], $13::uuid[]) AS r
           ON CONFLICT DO NOTHING RETURNING id`,
    values: [
      rows.map((row) => row.id),
      rows.map((row) => row.type),
      rows.map((row) => row.amount),
      rows.map((row) => row.fee),
      rows.map((row) => row.currency),
      rows.map((row) => row.sourceWalletId),
      rows.map((row) => row.sourceOwnerId),
      rows.map((row) => row.destinationWalletId),
      rows.map((row) => row.destinationOwnerId),
      rows.map((row) => row.description),
      rows.map((row) => row.createdAt),
      rows.map((row) => row.originKind),
      rows.map((row) => row.originId),
    ],
  });
  return result.rows.map((row) => row.id);
}
