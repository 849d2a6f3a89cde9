import type { Transaction } from '@florin/database';

/**
 * Erases recipients and what their notifications hold. The rows of notifications stay: that something was sent, and
 * when, says nothing about a person whom nobody knows.
 */
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
           ), forgotten AS (DELETE FROM recipients WHERE customer_id = ANY($1::uuid[]))
           UPDATE notifications
           SET address = '', parameters = '{}', secret_ref = NULL,
             status = CASE WHEN status = 'delivered' THEN status ELSE 'failed' END,
             failure_code = CASE WHEN status = 'delivered' THEN failure_code ELSE 'recipient-erased' END
           WHERE customer_id = ANY($1::uuid[])`,
    values: [customerIds, erasedAt],
  });
}
