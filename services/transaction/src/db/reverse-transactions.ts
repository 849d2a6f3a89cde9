import type { Transaction as DatabaseTransaction } from '@florin/database';
import { type ReversedTransaction, transactionTransitions } from '../domain/transaction.js';
import { type TransactionRow, transactionColumns, transactionOf } from './transaction-row.js';

/** What the ledger said about an original after one of its reversals. */
export interface Giveback {
  readonly transactionId: string;
  /** What of the original can still be given back, in minor units. */
  readonly remaining: number;
}

/**
 * Notes what the ledger has given back and returns the originals of which it was more than known before. The ledger
 * says what remains, so a repeated event, or one that overtook another, adds nothing twice.
 */
export async function reverseTransactions(
  tx: DatabaseTransaction,
  givebacks: readonly Giveback[],
): Promise<ReversedTransaction[]> {
  if (givebacks.length === 0) return [];
  const { from, to } = transactionTransitions['reverse-in-full'];
  const { rows } = await tx.query<TransactionRow & { readonly reversedAmount: number }>({
    name: 'reverse-transactions',
    text: `UPDATE transactions t
              SET reversed_amount = t.amount - u.remaining,
                  status = CASE WHEN u.remaining = 0 THEN $4 ELSE t.status END
             FROM (SELECT id, min(remaining) AS remaining
                     FROM unnest($1::uuid[], $2::bigint[]) AS g (id, remaining) GROUP BY id) AS u
            WHERE t.id = u.id AND t.status = $3 AND t.amount - u.remaining > t.reversed_amount
        RETURNING ${transactionColumns}, t.reversed_amount AS "reversedAmount"`,
    values: [givebacks.map((g) => g.transactionId), givebacks.map((g) => g.remaining), from, to],
  });
  return rows.map((row) => ({ reversedAmount: row.reversedAmount, ...transactionOf(row) }));
}
