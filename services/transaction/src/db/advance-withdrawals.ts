import type { Hop } from '@florin/contracts';
import { type Transaction, textArrayLiteral } from '@florin/database';
import { type WithdrawalEvent, withdrawalTransitions } from '../domain/withdrawal.js';

export interface WithdrawalAdvance {
  readonly transactionId: string;
  /** Moves only while this attempt is the last one that was begun. Whichever that is when null. */
  readonly attempt?: number | null;
  /** Kept when null. */
  readonly providerPayoutId?: string | null;
  /** Why the provider refused, for the decline after the void. Kept when null. */
  readonly refusalReason?: string | null;
  /** The messages that the event has added to its way. */
  readonly hops?: readonly Hop[];
}

export interface AdvancedWithdrawal {
  readonly transactionId: string;
  readonly refusalReason: string | null;
  /** All messages of its way so far. */
  readonly hops: readonly Hop[];
}

/**
 * Applies one event to withdrawals and returns those that moved. A withdrawal in another state than the event starts
 * from stays where it is: two workers that learn the same outcome record it once. The new state starts with no attempts.
 */
export async function advanceWithdrawals(
  tx: Transaction,
  event: WithdrawalEvent,
  advances: readonly WithdrawalAdvance[],
  now: Date,
): Promise<readonly AdvancedWithdrawal[]> {
  if (advances.length === 0) return [];
  const { from, to } = withdrawalTransitions[event];
  const { rows } = await tx.query<AdvancedWithdrawal>({
    name: 'advance-withdrawals',
    text: `UPDATE withdrawals w
              SET state = $2, attempts = 0, last_attempt_at = NULL, next_attempt_at = $3, updated_at = $3,
                  paid_at = CASE WHEN $2 = 'paid' THEN $3 ELSE w.paid_at END,
                  provider_payout_id = coalesce(u.payout_id, w.provider_payout_id),
                  refusal_reason = coalesce(u.refusal_reason, w.refusal_reason), hops = w.hops || u.hops
             FROM unnest($4::uuid[], $5::text[], $6::text[], $7::jsonb[], $8::integer[])
                    AS u (id, payout_id, refusal_reason, hops, attempt)
            WHERE w.transaction_id = u.id AND w.state = $1 AND (u.attempt IS NULL OR w.attempts = u.attempt)
        RETURNING w.transaction_id AS "transactionId", w.refusal_reason AS "refusalReason", w.hops`,
    values: [
      from,
      to,
      now,
      advances.map((a) => a.transactionId),
      advances.map((a) => a.providerPayoutId ?? null),
      advances.map((a) => a.refusalReason ?? null),
      textArrayLiteral(advances.map((a) => JSON.stringify(a.hops ?? []))),
      advances.map((a) => a.attempt ?? null),
    ],
  });
  return rows;
}
