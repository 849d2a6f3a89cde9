import type { Transaction } from '@florin/database';

/**
 * Makes deposits and withdrawals due that wait for the provider's answer, and returns whether there were any. One that
 * is being worked on may be claimed twice for that: both ask the provider, and what they learn is recorded once.
 */
export async function wakePayments(
  tx: Transaction,
  transactionIds: readonly string[],
  now: Date,
): Promise<boolean> {
  const { rowCount } = await tx.query({
    name: 'wake-payments',
    text: `WITH deposit AS (
             UPDATE deposits SET next_attempt_at = $2, updated_at = $2
              WHERE transaction_id = ANY($1::uuid[]) AND state IN ('charge-due', 'refund-due') AND attempts > 0
          RETURNING transaction_id),
           withdrawal AS (
             UPDATE withdrawals SET next_attempt_at = $2, updated_at = $2
              WHERE transaction_id = ANY($1::uuid[]) AND state = 'payout-due' AND attempts > 0
          RETURNING transaction_id)
           SELECT transaction_id FROM deposit UNION ALL SELECT transaction_id FROM withdrawal`,
    values: [transactionIds, now],
  });
  return (rowCount ?? 0) > 0;
}
