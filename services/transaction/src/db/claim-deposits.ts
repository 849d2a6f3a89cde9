import type { Pool } from '@florin/database';
import type { ClaimedPayment, ClaimOptions } from './claimed-payment.js';

export interface ClaimedDeposit extends ClaimedPayment {
  readonly state: 'charge-due' | 'refund-due';
  readonly refundReason: string | null;
}

type Row = Omit<ClaimedDeposit, 'lastAttemptAt'> & { readonly lastAttemptAt: Date | null };

/**
 * Takes up to `limit` due deposits that no other instance is taking. The attempt is counted and the lease set before
 * anything is sent, and committed: after a crash the next owner knows that a charge may be under way. No transaction
 * stays open during the call to the provider.
 */
export async function claimDeposits(pool: Pool, options: ClaimOptions): Promise<ClaimedDeposit[]> {
  const { rows } = await pool.query<Row>({
    name: 'claim-deposits',
    text: `WITH due AS (
             SELECT transaction_id, last_attempt_at FROM deposits
              WHERE state IN ('charge-due', 'refund-due') AND next_attempt_at <= $1
              ORDER BY next_attempt_at LIMIT $3 FOR UPDATE SKIP LOCKED)
           UPDATE deposits d
              SET attempts = d.attempts + 1, last_attempt_at = $1, next_attempt_at = $2, updated_at = $1
             FROM due, transactions t
            WHERE d.transaction_id = due.transaction_id AND t.id = due.transaction_id
        RETURNING d.transaction_id AS "transactionId", d.state, d.funding_ref AS "fundingRef", d.attempts,
                  due.last_attempt_at AS "lastAttemptAt", d.refund_reason AS "refundReason",
                  t.destination_wallet_id AS "walletId", t.amount, t.fee, t.currency,
                  d.correlation_id AS "correlationId", d.actor, d.traceparent`,
    values: [options.now, options.leaseUntil, options.limit],
  });
  return rows.map((row) => ({ ...row, lastAttemptAt: row.lastAttemptAt?.getTime() ?? null }));
}
