import type { Pool } from '@florin/database';
import type { ClaimedPayment, ClaimOptions } from './claimed-payment.js';

export interface ClaimedWithdrawal extends ClaimedPayment {
  readonly holdId: string;
}

type Row = Omit<ClaimedWithdrawal, 'lastAttemptAt'> & { readonly lastAttemptAt: Date | null };

/** As `claimDeposits`: the attempt is counted and the lease committed before anything is sent. */
export async function claimWithdrawals(pool: Pool, options: ClaimOptions): Promise<ClaimedWithdrawal[]> {
  const { rows } = await pool.query<Row>({
    name: 'claim-withdrawals',
    text: `WITH due AS (
             SELECT transaction_id, last_attempt_at FROM withdrawals
              WHERE state = 'payout-due' AND next_attempt_at <= $1
              ORDER BY next_attempt_at LIMIT $3 FOR UPDATE SKIP LOCKED)
           UPDATE withdrawals w
              SET attempts = w.attempts + 1, last_attempt_at = $1, next_attempt_at = $2, updated_at = $1
             FROM due, transactions t
            WHERE w.transaction_id = due.transaction_id AND t.id = due.transaction_id
        RETURNING w.transaction_id AS "transactionId", w.state, w.hold_id AS "holdId", w.funding_ref AS "fundingRef",
                  w.attempts, due.last_attempt_at AS "lastAttemptAt", t.source_wallet_id AS "walletId", t.amount,
                  t.fee, t.currency, w.correlation_id AS "correlationId", w.actor, w.traceparent`,
    values: [options.now, options.leaseUntil, options.limit],
  });
  return rows.map((row) => ({ ...row, lastAttemptAt: row.lastAttemptAt?.getTime() ?? null }));
}
