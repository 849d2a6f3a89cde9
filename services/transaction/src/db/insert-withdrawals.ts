import type { Transaction } from '@florin/database';

export interface NewWithdrawal {
  readonly transactionId: string;
  readonly holdId: string;
  readonly fundingRef: string;
  readonly correlationId: string;
  readonly actor: string | null;
  readonly traceparent: string | null;
}

/** Remembers withdrawals whose holds are being asked for. */
export async function insertWithdrawals(
  tx: Transaction,
  withdrawals: readonly NewWithdrawal[],
  now: Date,
): Promise<void> {
  if (withdrawals.length === 0) return;
  await tx.query({
    name: 'insert-withdrawals',
    text: `INSERT INTO withdrawals (transaction_id, hold_id, funding_ref, correlation_id, actor, traceparent, state,
                                    next_attempt_at, updated_at)
           SELECT u.*, 'hold-requested', $1::timestamptz, $1::timestamptz
             FROM unnest($2::uuid[], $3::uuid[], $4::text[], $5::uuid[], $6::text[], $7::text[]) AS u`,
    values: [
      now,
      withdrawals.map((w) => w.transactionId),
      withdrawals.map((w) => w.holdId),
      withdrawals.map((w) => w.fundingRef),
      withdrawals.map((w) => w.correlationId),
      withdrawals.map((w) => w.actor),
      withdrawals.map((w) => w.traceparent),
    ],
  });
}
