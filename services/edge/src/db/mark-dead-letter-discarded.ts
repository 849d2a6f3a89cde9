import type { Transaction } from '@florin/database';

export async function markDeadLetterDiscarded(
  tx: Transaction,
  discard: {
    readonly id: string;
    readonly discardedBy: string;
    readonly discardedAt: Date;
    readonly reason: string;
  },
): Promise<void> {
  await tx.query({
    name: 'mark-dead-letter-discarded',
    text: `UPDATE dead_letters
           SET status = 'discarded', discarded_by = $2, discarded_at = $3, discard_reason = $4 WHERE id = $1`,
    values: [discard.id, discard.discardedBy, discard.discardedAt, discard.reason],
  });
}
