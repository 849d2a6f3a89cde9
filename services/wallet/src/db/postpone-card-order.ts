import type { Pool } from '@florin/database';

/** Gives an order back to be tried again later. Does nothing when the card has been issued or refused meanwhile. */
export async function postponeCardOrder(
  pool: Pool,
  order: { readonly cardId: string; readonly attempts: number },
  nextAttemptAt: Date,
): Promise<void> {
  await pool.query({
    name: 'postpone-card-order',
    text: 'UPDATE card_orders SET next_attempt_at = $3 WHERE card_id = $1 AND attempts = $2',
    values: [order.cardId, order.attempts, nextAttemptAt],
  });
}
