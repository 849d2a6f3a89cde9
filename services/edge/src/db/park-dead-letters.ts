import type { Transaction } from '@florin/database';

/** Rules leave these alone from now on. Operators may still replay, edit or discard them. */
export async function parkDeadLetters(tx: Transaction, ids: readonly string[]): Promise<void> {
  await tx.query({
    name: 'park-dead-letters',
    text: `UPDATE dead_letters SET parked = true WHERE id = ANY($1::uuid[]) AND status = 'pending'`,
    values: [ids],
  });
}
