import type { Pool } from '@florin/database';

/** A card that this process orders from the issuer. */
export interface CardOrder {
  readonly cardId: string;
  readonly walletId: string;
  readonly ownerId: string;
  /** Calls for this card, the one that starts now included. */
  readonly attempts: number;
  readonly correlationId: string;
  readonly actor: string | null;
  readonly traceparent: string | null;
}

/**
 * Takes up to `limit` due orders that no other instance is taking. The lease is committed before the issuer is called,
 * so no transaction stays open during the call, and what a process that died had taken comes back by itself.
 */
export async function claimCardOrders(
  pool: Pool,
  options: { readonly now: Date; readonly leaseUntil: Date; readonly limit: number },
): Promise<CardOrder[]> {
  const { rows } = await pool.query<CardOrder>({
    name: 'claim-card-orders',
    text: `WITH due AS (
             SELECT card_id FROM card_orders WHERE next_attempt_at <= $1
              ORDER BY next_attempt_at LIMIT $3 FOR UPDATE SKIP LOCKED)
           UPDATE card_orders o SET attempts = o.attempts + 1, next_attempt_at = $2
             FROM due, cards c
            WHERE o.card_id = due.card_id AND c.id = due.card_id
        RETURNING o.card_id AS "cardId", c.wallet_id AS "walletId", c.owner_id AS "ownerId", o.attempts,
                  o.correlation_id AS "correlationId", o.actor, o.traceparent`,
    values: [options.now, options.leaseUntil, options.limit],
  });
  return rows;
}
