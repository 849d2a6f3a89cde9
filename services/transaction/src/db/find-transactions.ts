import type { Transaction as DatabaseTransaction } from '@florin/database';
import type { ReversedTransaction } from '../domain/transaction.js';
import { type TransactionRow, transactionColumns, transactionOf } from './transaction-row.js';

export interface FoundTransaction extends ReversedTransaction {
  readonly isExchange: boolean;
}

/** Transactions by id, with what of them was given back; those that are unknown are missing. */
export async function findTransactions(
  tx: DatabaseTransaction,
  ids: readonly string[],
): Promise<ReadonlyMap<string, FoundTransaction>> {
  const { rows } = await tx.query<TransactionRow & Pick<FoundTransaction, 'reversedAmount' | 'isExchange'>>({
    name: 'find-transactions',
    text: `SELECT ${transactionColumns}, t.reversed_amount AS "reversedAmount",
                  EXISTS (SELECT FROM fx_quotes q WHERE q.transaction_id = t.id) AS "isExchange"
             FROM transactions t WHERE t.id = ANY($1::uuid[])`,
    values: [ids],
  });
  return new Map(
    rows.map((row) => {
      const { reversedAmount, isExchange } = row;
      return [row.id, { reversedAmount, isExchange, ...transactionOf(row) }];
    }),
  );
}
