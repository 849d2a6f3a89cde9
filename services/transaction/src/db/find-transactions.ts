import type { Transaction as DatabaseTransaction } from '@florin/database';
import type { ReversedTransaction } from '../domain/transaction.js';
import { type TransactionRow, transactionColumns, transactionOf } from './transaction-row.js';

/** Transactions by id, with what of them was given back; those that are unknown are missing. */
export async function findTransactions(
  tx: DatabaseTransaction,
  ids: readonly string[],
): Promise<ReadonlyMap<string, ReversedTransaction>> {
  const { rows } = await tx.query<TransactionRow & { readonly reversedAmount: number }>({
    name: 'find-transactions',
    text: `SELECT ${transactionColumns}, t.reversed_amount AS "reversedAmount" FROM transactions t WHERE t.id = ANY($1::uuid[])`,
    values: [ids],
  });
  return new Map(rows.map((row) => [row.id, { ...transactionOf(row), reversedAmount: row.reversedAmount }]));
}
