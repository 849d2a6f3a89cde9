import { type Transaction, uuidArray } from '@florin/database';

/** Which of the given transactions have no outcome yet. */
export async function findPending(tx: Transaction, ids: readonly string[]): Promise<readonly string[]> {
  const { rows } = await tx.query<{ id: string }>({
    name: 'find-pending',
    text: `SELECT id FROM transactions WHERE id = ANY($1::uuid[]) AND status = 'pending'`,
    values: [uuidArray(ids)],
  });
  return rows.map(({ id }) => id);
}
