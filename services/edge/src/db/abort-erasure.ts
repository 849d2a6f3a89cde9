import type { Transaction } from '@florin/database';

/** Forgets that a customer wanted to leave. */
export async function abortErasure(tx: Transaction, customerId: string): Promise<void> {
  await tx.query({
    name: 'abort-erasure',
    text: 'DELETE FROM customer_erasures WHERE customer_id = $1 AND erased_at IS NULL',
    values: [customerId],
  });
}
