import type { Transaction } from '@florin/database';

/** Those of the customers who have left. */
export async function findErasedRecipients(
  tx: Transaction,
  customerIds: readonly string[],
): Promise<ReadonlySet<string>> {
  const { rows } = await tx.query<{ customer_id: string }>({
    name: 'find-erased-recipients',
    text: 'SELECT customer_id FROM erased_recipients WHERE customer_id = ANY($1::uuid[])',
    values: [customerIds],
  });
  return new Set(rows.map((row) => row.customer_id));
}
