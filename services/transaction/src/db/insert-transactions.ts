import type { Transaction as DatabaseTransaction } from '@florin/database';
import type { Transaction } from '../domain/transaction.js';

/**
 * Stores transactions as they are after admission: pending or declined. Returns the ids that are new: whoever sends a
 * transaction again, under another message id, changes nothing. Ids are inserted in ascending order, so that two
 * instances with the same transactions wait for each other instead of deadlocking.
 */
export async function insertTransactions(
  tx: DatabaseTransaction,
  transactions: readonly Transaction[],
): Promise<ReadonlySet<string>> {
  const { rows } = await tx.query<{ id: string }>({
    name: 'insert-transactions',
    text: `INSERT INTO transactions (id, type, status, source_wallet_id, source_owner_id, destination_wallet_id,
                                     destination_owner_id, amount, fee, currency, description, decline_reason,
                                     created_at, completed_at, origin_kind, origin_id)
           SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::uuid[], $5::uuid[], $6::uuid[], $7::uuid[],
                                $8::bigint[], $9::bigint[], $10::text[], $11::text[], $12::text[], $13::timestamptz[],
                                $14::timestamptz[], $15::text[], $16::uuid[]) AS u (id)
            ORDER BY u.id
           ON CONFLICT (id) DO NOTHING
           RETURNING id`,
    values: [
      transactions.map((t) => t.id),
      transactions.map((t) => t.type),
      transactions.map((t) => t.status),
      transactions.map((t) => t.sourceWalletId),
      transactions.map((t) => t.sourceOwnerId),
      transactions.map((t) => t.destinationWalletId),
      transactions.map((t) => t.destinationOwnerId),
      transactions.map((t) => t.amount),
      transactions.map((t) => t.fee),
      transactions.map((t) => t.currency),
      transactions.map((t) => t.description),
      transactions.map((t) => t.declineReason),
      transactions.map((t) => new Date(t.createdAt)),
      transactions.map((t) => (t.completedAt === null ? null : new Date(t.completedAt))),
      transactions.map((t) => t.origin?.kind ?? null),
      transactions.map((t) => t.origin?.id ?? null),
    ],
  });
  return new Set(rows.map((row) => row.id));
}
