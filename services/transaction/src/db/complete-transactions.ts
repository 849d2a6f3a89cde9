import { type Transaction as DatabaseTransaction, timestampArrayLiteral, uuidArray } from '@florin/database';
import { type Transaction, transactionTransitions } from '../domain/transaction.js';
import { type TransactionRow, transactionColumns, transactionOf } from './transaction-row.js';

export interface Completion {
  readonly transactionId: string;
  /** Milliseconds since the Unix epoch. */
  readonly postedAt: number;
}

/** Completes the pending transactions among the given ones and returns them; the others have ended before. */
export async function completeTransactions(
  tx: DatabaseTransaction,
  completions: readonly Completion[],
): Promise<Transaction[]> {
  const { from, to } = transactionTransitions.complete;
  const { rows } = await tx.query<TransactionRow>({
    name: 'complete-transactions',
    text: `UPDATE transactions t SET status = $4, completed_at = u.posted_at
             FROM unnest($1::uuid[], $2::timestamptz[]) AS u (id, posted_at)
            WHERE t.id = u.id AND t.status = $3
        RETURNING ${transactionColumns}`,
    values: [
      uuidArray(completions.map((c) => c.transactionId)),
      timestampArrayLiteral(completions.map((c) => c.postedAt)),
      from,
      to,
    ],
  });
  return rows.map(transactionOf);
}
