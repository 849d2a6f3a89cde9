import type { Transaction } from '@florin/database';

/** Locks the erasure of a customer; its state, or undefined when there is none (any more). */
export async function lockErasure(
  tx: Transaction,
  customerId: string,
): Promise<'unfinished' | 'finished' | undefined> {
  const { rows } = await tx.query<{ erased_at: Date | null }>({
    name: 'lock-erasure',
    text: 'SELECT erased_at FROM customer_erasures WHERE customer_id = $1 FOR UPDATE',
    values: [customerId],
  });
  const [erasure] = rows;
  if (!erasure) return undefined;
  return erasure.erased_at === null ? 'unfinished' : 'finished';
}
