import type { Hop } from '@florin/contracts';
import { type Transaction, textArrayLiteral } from '@florin/database';
import { type DepositEvent, depositTransitions } from '../domain/deposit.js';

export interface DepositAdvance {
  readonly transactionId: string;
  /** Moves only while this attempt is the last one that was begun. Whichever that is when null. */
  readonly attempt?: number | null;
  /** Kept when null. */
  readonly providerChargeId?: string | null;
  /** Why the ledger refused, for the decline after the refund. Kept when null. */
  readonly refundReason?: string | null;
  /** The messages that the event has added to its way. */
  readonly hops?: readonly Hop[];
}

/**
 * Applies one event to deposits and returns those that moved, with all messages of their way so far. A deposit in another state than the event starts from
 * stays where it is: two workers that learn the same outcome record it once. The new state starts with no attempts.
 */
export async function advanceDeposits(
  tx: Transaction,
  event: DepositEvent,
  advances: readonly DepositAdvance[],
  now: Date,
): Promise<ReadonlyMap<string, readonly Hop[]>> {
  if (advances.length === 0) return new Map();
  const { from, to } = depositTransitions[event];
  const { rows } = await tx.query<{ id: string; hops: readonly Hop[] }>({
    name: 'advance-deposits',
    text: `UPDATE deposits d
              SET state = $2, attempts = 0, last_attempt_at = NULL, next_attempt_at = $3, updated_at = $3,
                  charged_at = CASE WHEN $2 = 'charged' THEN $3 ELSE d.charged_at END,
                  refunded_at = CASE WHEN $2 = 'refunded' THEN $3 ELSE d.refunded_at END,
                  provider_charge_id = coalesce(u.charge_id, d.provider_charge_id),
                  refund_reason = coalesce(u.refund_reason, d.refund_reason), hops = d.hops || u.hops
             FROM unnest($4::uuid[], $5::text[], $6::text[], $7::jsonb[], $8::integer[])
                    AS u (id, charge_id, refund_reason, hops, attempt)
            WHERE d.transaction_id = u.id AND d.state = $1 AND (u.attempt IS NULL OR d.attempts = u.attempt)
        RETURNING d.transaction_id AS id, d.hops`,
    values: [
      from,
      to,
      now,
      advances.map((a) => a.transactionId),
      advances.map((a) => a.providerChargeId ?? null),
      advances.map((a) => a.refundReason ?? null),
      textArrayLiteral(advances.map((a) => JSON.stringify(a.hops ?? []))),
      advances.map((a) => a.attempt ?? null),
    ],
  });
  return new Map(rows.map(({ id, hops }) => [id, hops]));
}
