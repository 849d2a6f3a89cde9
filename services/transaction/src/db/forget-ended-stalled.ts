import type { Transaction } from '@florin/database';

/** Forgets the overdue transactions that have ended meanwhile, and returns how many there were. */
export async function forgetEndedStalled(tx: Transaction): Promise<number> {
  const { rowCount } = await tx.query({
    name: 'forget-ended-stalled',
    text: `DELETE FROM stalled_transactions s USING transactions t
            WHERE t.id = s.transaction_id AND t.status <> 'pending'`,
  });
  return rowCount ?? 0;
}
