import type { TransactionReversed } from '@florin/contracts';
import type { Transaction } from '@florin/database';
import type { TransactionRow } from '../read-models/transaction.js';
import { transactionColumns } from './transaction-columns.js';

/**
 * Shows what of transactions was given back, and returns those of which it is more than before. At most one event for
 * each transaction.
 */
export async function projectReversals(
  tx: Transaction,
  events: readonly TransactionReversed[],
): Promise<readonly TransactionRow[]> {
  const { rows } = await tx.query<TransactionRow>({
    name: 'project-reversals',
    text: `UPDATE transactions
              SET reversed_amount = u.reversed, status = CASE WHEN u.reversed = amount THEN 'reversed' ELSE status END
             FROM unnest($1::uuid[], $2::bigint[]) AS u (transaction, reversed)
            WHERE id = u.transaction AND status = 'completed' AND u.reversed > reversed_amount
        RETURNING ${transactionColumns}`,
    values: [events.map((event) => event.transactionId), events.map((event) => event.reversedAmount)],
  });
  return rows;
}
