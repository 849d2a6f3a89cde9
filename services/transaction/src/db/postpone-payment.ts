import type { Pool } from '@florin/database';
import type { ClaimedPayment } from './claimed-payment.js';

export interface PostponeOptions {
  readonly nextAttemptAt: Date;
  readonly isAttemptCounted: boolean;
  /** Whether the provider may have got a payment in this attempt. */
  readonly wasSent: boolean;
  readonly now: Date;
}

/**
 * Gives a claimed payment back to be tried again at `nextAttemptAt`. The instant of an
 * attempt that sent nothing is taken back: without any that may have sent something, nothing has to be cancelled at the
 * provider. Does nothing when the payment has moved on meanwhile.
 */
export async function postponePayment(
  pool: Pool,
  table: 'deposits' | 'withdrawals',
  payment: ClaimedPayment,
  options: PostponeOptions,
): Promise<void> {
  await pool.query({
    name: `postpone-${table}`,
    text: `UPDATE ${table}
              SET next_attempt_at = $3, updated_at = $4,
                  attempts = CASE WHEN $5 THEN attempts ELSE attempts - 1 END,
                  last_attempt_at = CASE WHEN $8 THEN last_attempt_at ELSE $6 END
            WHERE transaction_id = $1 AND state = $2 AND attempts = $7`,
    values: [
      payment.transactionId,
      payment.state,
      options.nextAttemptAt,
      options.now,
      options.isAttemptCounted,
      payment.lastAttemptAt === null ? null : new Date(payment.lastAttemptAt),
      payment.attempts,
      options.wasSent,
    ],
  });
}
