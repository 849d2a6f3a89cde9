import type { Transaction } from '@florin/database';
import { eraseNotifications } from './erase-notifications.js';

/** Erases recipients and what their notifications hold. */
export async function eraseRecipients(
  tx: Transaction,
  customerIds: readonly string[],
  erasedAt: Date,
): Promise<void> {
  await tx.query({
    name: 'erase-recipients',
    text: `WITH remembered AS (
             INSERT INTO erased_recipients (customer_id, erased_at) SELECT unnest($1::uuid[]), $2
             ON CONFLICT DO NOTHING
           ), untold AS (DELETE FROM movement_digests WHERE customer_id = ANY($1::uuid[]))
           DELETE FROM recipients WHERE customer_id = ANY($1::uuid[])`,
    values: [customerIds, erasedAt],
  });
  await eraseNotifications(tx, customerIds);
}
