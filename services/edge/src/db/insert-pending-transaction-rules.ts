import type { UnitOfWork } from '@florin/messaging';
import type { TransactionRuleRow } from '../read-models/transaction-rule.js';

/** Inserts rules that do not exist yet; a rule that says the same as one in force is left out of the answer. */
export async function insertPendingTransactionRules(
  { tx }: UnitOfWork,
  rows: readonly TransactionRuleRow[],
): Promise<readonly string[]> {
  const result = await tx.query<{ id: string }>({
    name: 'insert-pending-transaction-rules',
    text: `INSERT INTO transaction_rules
             (id, transaction_type, source_wallet_type, destination_wallet_type, status, created_at)
           SELECT DISTINCT ON (transaction_type, source_wallet_type, destination_wallet_type)
             id, transaction_type, source_wallet_type, destination_wallet_type, 'pending', created_at
           FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::timestamptz[])
             AS r (id, transaction_type, source_wallet_type, destination_wallet_type, created_at)
           WHERE NOT EXISTS (
             SELECT FROM transaction_rules AS known
             WHERE known.transaction_type = r.transaction_type
               AND known.source_wallet_type = r.source_wallet_type
               AND known.destination_wallet_type = r.destination_wallet_type
               AND known.status <> 'withdrawn')
           ORDER BY transaction_type, source_wallet_type, destination_wallet_type, id
           RETURNING id`,
    values: [
      rows.map((row) => row.id),
      rows.map((row) => row.transactionType),
      rows.map((row) => row.sourceWalletType),
      rows.map((row) => row.destinationWalletType),
      rows.map((row) => row.createdAt),
    ],
  });
  return result.rows.map((row) => row.id);
}
