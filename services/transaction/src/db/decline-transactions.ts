import type { Transaction as DatabaseTransaction } from '@florin/database';
import type { Transaction } from '../domain/transaction.js';
import { type TransactionRow, transactionColumns, transactionOf } from './transaction-row.js';

export interface Decline {
  readonly transactionId: string;
  readonly reason: string;
}

/** Declines the pending transactions among the given ones and returns them; the others have ended before. */
export async function declineTransactions(
  tx: DatabaseTransaction,
  declines: readonly Decline[],
  completedAt: Date,
): Promise<Transaction[]> {
  if (declines.length === 0) return [];
  const { rows } = await tx.query<TransactionRow>({
    name: 'decline-transactions',
    text: `UPDATE transactions t SET status = 'declined', decline_reason = u.reason, completed_at = $3
             FROM unnest($1::uuid[], $2::text[]) AS u (id, reason)
            WHERE t.id = u.id AND t.status = 'pending'
        RETURNING ${transactionColumns}`,
    values: [declines.map((d) => d.transactionId), declines.map((d) => d.reason), completedAt],
  });
  return rows.map(transactionOf);
}
