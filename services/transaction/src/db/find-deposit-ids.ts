import type { Transaction } from '@florin/database';

/** Which of the given transactions are deposits. */
export async function findDepositIds(
  tx: Transaction,
  transactionIds: readonly string[],
): Promise<ReadonlySet<string>> {
  const { rows } = await tx.query<{ id: string }>({
    name: 'find-deposit-ids',
    text: 'SELECT transaction_id AS id FROM deposits WHERE transaction_id = ANY($1::uuid[])',
    values: [transactionIds],
  });
  return new Set(rows.map((row) => row.id));
}
