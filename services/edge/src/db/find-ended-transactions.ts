import type { Transaction } from '@florin/database';

/** Which of the given transactions have an outcome in the read model. */
export async function findEndedTransactions(
  tx: Transaction,
  ids: readonly string[],
): Promise<ReadonlySet<string>> {
  if (ids.length === 0) return new Set();
  const { rows } = await tx.query<{ id: string }>({
    name: 'find-ended-transactions',
    text: `SELECT id FROM transactions WHERE id = ANY($1::uuid[]) AND status <> 'pending'`,
    values: [ids],
  });
  return new Set(rows.map((row) => row.id));
}
