import type { Pool, Transaction } from '@florin/database';

/**
 * Erases what the notifications of customers hold, and keeps what still waits from being sent. The rows stay: that
 * something was sent, and when, says nothing about a person whom nobody knows.
 */
export async function eraseNotifications(
  connection: Pool | Transaction,
  customerIds: readonly string[],
): Promise<void> {
  await connection.query({
    name: 'erase-notifications',
    text: `UPDATE notifications
           SET address = '', parameters = '{}', secret_ref = NULL,
             status = CASE WHEN status = 'delivered' THEN status ELSE 'failed' END,
             failure_code = CASE WHEN status = 'delivered' THEN failure_code ELSE 'recipient-erased' END
           WHERE customer_id = ANY($1::uuid[]) AND address <> ''`,
    values: [customerIds],
  });
}
