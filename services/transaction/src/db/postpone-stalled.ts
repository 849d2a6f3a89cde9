import type { Transaction } from '@florin/database';

export interface Postponement {
  readonly transactionId: string;
  readonly nextAttemptAt: Date;
  readonly waitingFor: string;
}

/** Counts an attempt of each, says when the next one is due, and remembers who was told to owe the outcome. */
export async function postponeStalled(
  tx: Transaction,
  postponements: readonly Postponement[],
): Promise<void> {
  await tx.query({
    name: 'postpone-stalled',
    text: `UPDATE stalled_transactions s SET attempts = attempts + 1, next_attempt_at = u.at, waiting_for = u.waiting_for
             FROM unnest($1::uuid[], $2::timestamptz[], $3::text[]) AS u (id, at, waiting_for)
            WHERE s.transaction_id = u.id`,
    values: [
      postponements.map((p) => p.transactionId),
      postponements.map((p) => p.nextAttemptAt),
      postponements.map((p) => p.waitingFor),
    ],
  });
}
