import type { Pool } from '@florin/database';
import type { ClaimedDeposit } from './claim-deposits.js';

/**
 * Gives a claimed deposit back to be tried again at `nextAttemptAt`. An attempt that sent nothing is taken back, as if
 * it had not been made. Does nothing when the deposit has moved on meanwhile.
 */
export async function postponeDeposit(
  pool: Pool,
  deposit: ClaimedDeposit,
  options: { readonly nextAttemptAt: Date; readonly isAttemptCounted: boolean; readonly now: Date },
): Promise<void> {
  await pool.query({
    name: 'postpone-deposit',
    text: `UPDATE deposits
              SET next_attempt_at = $3, updated_at = $4,
                  attempts = CASE WHEN $5 THEN attempts ELSE attempts - 1 END,
                  last_attempt_at = CASE WHEN $5 THEN last_attempt_at ELSE $6 END
            WHERE transaction_id = $1 AND state = $2 AND attempts = $7`,
    values: [
      deposit.transactionId,
      deposit.state,
      options.nextAttemptAt,
      options.now,
      options.isAttemptCounted,
      deposit.lastAttemptAt === null ? null : new Date(deposit.lastAttemptAt),
      deposit.attempts,
    ],
  });
}
