import type { Transaction } from '@florin/database';

export interface NewDeposit {
  readonly transactionId: string;
  readonly fundingRef: string;
  readonly correlationId: string;
  readonly actor: string | null;
  readonly traceparent: string | null;
}

/** Puts deposits in the queue of the charging job, due at once. */
export async function insertDeposits(
  tx: Transaction,
  deposits: readonly NewDeposit[],
  now: Date,
): Promise<void> {
  if (deposits.length === 0) return;
  await tx.query({
    name: 'insert-deposits',
    text: `INSERT INTO deposits (transaction_id, funding_ref, correlation_id, actor, traceparent, state,
                                 next_attempt_at, updated_at)
           SELECT u.*, 'charge-due', $1::timestamptz, $1::timestamptz
             FROM unnest($2::uuid[], $3::text[], $4::uuid[], $5::text[], $6::text[]) AS u`,
    values: [
      now,
      deposits.map((d) => d.transactionId),
      deposits.map((d) => d.fundingRef),
      deposits.map((d) => d.correlationId),
      deposits.map((d) => d.actor),
      deposits.map((d) => d.traceparent),
    ],
  });
}
