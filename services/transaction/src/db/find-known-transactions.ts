import type { Transaction } from '@florin/database';

/** Which of the given transactions there are already. */
export async function findKnownTransactions(
  tx: Transaction,
  transactionIds: readonly string[],
): Promise<ReadonlySet<string>> {
  const { rows } = await tx.query<{ id: string }>({
    name: 'find-known-transactions',
    text: 'SELECT id FROM transactions WHERE id = ANY($1::uuid[])',
    values: [transactionIds],
  });
  return new Set(rows.map((row) => row.id));
}
