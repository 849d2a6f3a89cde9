import type { Transaction } from '@florin/database';

export interface Postponement {
  readonly transactionId: string;
  readonly nextAttemptAt: Date;
}

/** Counts an attempt of each, and says when the next one is due. */
export async function postponeStalled(
  tx: Transaction,
  postponements: readonly Postponement[],
): Promise<void> {
  await tx.query({
    name: 'postpone-stalled',
    text: `UPDATE stalled_transactions s SET attempts = attempts + 1, next_attempt_at = u.at
             FROM unnest($1::uuid[], $2::timestamptz[]) AS u (id, at) WHERE s.transaction_id = u.id`,
    values: [postponements.map((p) => p.transactionId), postponements.map((p) => p.nextAttemptAt)],
  });
}
