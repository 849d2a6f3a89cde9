import type { Transaction as DatabaseTransaction } from '@florin/database';
import { type Transaction, transactionTransitions } from '../domain/transaction.js';
import { type TransactionRow, transactionColumns, transactionOf } from './transaction-row.js';

/** Why a transaction ended without moving money. */
export interface Refusal {
  readonly transactionId: string;
  readonly reason: string;
}

/**
 * Declines, or fails, the pending transactions among the given ones and returns them; the others have ended before.
 * Only for those of which it is certain that no money has moved and none will; what they have taken of daily limits is
 * given back.
 */
export async function endUnmovedTransactions(
  tx: DatabaseTransaction,
  step: 'decline' | 'fail',
  refusals: readonly Refusal[],
  completedAt: Date,
): Promise<Transaction[]> {
  if (refusals.length === 0) return [];
  const { from, to } = transactionTransitions[step];
  const { rows } = await tx.query<TransactionRow>({
    name: 'end-unmoved-transactions',
    text: `WITH t AS (
             UPDATE transactions t SET status = $5, decline_reason = u.reason, completed_at = $3
               FROM unnest($1::uuid[], $2::text[]) AS u (id, reason)
              WHERE t.id = u.id AND t.status = $4
          RETURNING t.*),
           returned AS (
             INSERT INTO limit_returns (owner_id, transaction_type, currency, scope, day_ends_at, amount)
             SELECT coalesce(t.source_owner_id, t.destination_owner_id), t.type, t.currency, s.value ->> 'scope',
                    to_timestamp((s.value -> 'dayEndsAt')::bigint / 1000.0), t.amount
               FROM t, jsonb_array_elements(t.limit_shares) AS s
              WHERE t.limit_shares IS NOT NULL)
           SELECT ${transactionColumns} FROM t`,
    values: [refusals.map((d) => d.transactionId), refusals.map((d) => d.reason), completedAt, from, to],
  });
  return rows.map(transactionOf);
}
