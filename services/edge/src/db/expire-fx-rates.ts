import type { Database } from '@florin/database';

/** Ends rates that are too old to be quoted. What another edge is ending, or is superseding, it leaves alone. */
export async function expireFxRates(database: Database, now: Date): Promise<void> {
  await database.pool.query({
    name: 'expire-fx-rates',
    text: `UPDATE fx_rates SET status = 'expired' WHERE id = ANY (ARRAY(
             SELECT id FROM fx_rates WHERE status = 'active' AND expires_at <= $1 FOR UPDATE SKIP LOCKED))`,
    values: [now],
  });
}
