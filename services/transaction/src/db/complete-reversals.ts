import type { Transaction as DatabaseTransaction } from '@florin/database';
import { type Transaction, transactionTransitions } from '../domain/transaction.js';
import { type TransactionRow, transactionColumns, transactionOf } from './transaction-row.js';

export interface PostedReversal {
  readonly transactionId: string;
  /** What the ledger has moved: all that was left, when no amount was asked for. */
  readonly amount: number;
  /** Milliseconds since the Unix epoch. */
  readonly postedAt: number;
}

/** Completes the pending reversals among the given ones and returns them; the others have ended before. */
export async function completeReversals(
  tx: DatabaseTransaction,
  reversals: readonly PostedReversal[],
): Promise<Transaction[]> {
  const { from, to } = transactionTransitions.complete;
  const { rows } = await tx.query<TransactionRow>({
    name: 'complete-reversals',
    text: `UPDATE transactions t SET status = $5, amount = u.amount, completed_at = u.posted_at
             FROM unnest($1::uuid[], $2::bigint[], $3::timestamptz[]) AS u (id, amount, posted_at)
            WHERE t.id = u.id AND t.status = $4
        RETURNING ${transactionColumns}`,
    values: [
      reversals.map((r) => r.transactionId),
      reversals.map((r) => r.amount),
      reversals.map((r) => new Date(r.postedAt)),
      from,
      to,
    ],
  });
  return rows.map(transactionOf);
}
