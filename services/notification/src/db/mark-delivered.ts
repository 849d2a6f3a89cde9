import type { Transaction } from '@florin/database';

export interface DeliveredNotification {
  readonly id: string;
  readonly customerId: string;
  readonly channel: string;
  readonly secretRef: string | null;
}

/** Marks notifications as delivered; those that were before are not returned. */
export async function markDelivered(
  tx: Transaction,
  ids: readonly string[],
  deliveredAt: Date,
): Promise<DeliveredNotification[]> {
  const { rows } = await tx.query<DeliveredNotification>({
    name: 'mark-delivered',
    text: `UPDATE notifications
           SET status = 'delivered', attempts = attempts + 1, failure_code = NULL, delivered_at = $2
           WHERE id = ANY($1::uuid[]) AND status <> 'delivered'
           RETURNING id, customer_id AS "customerId", channel, secret_ref AS "secretRef"`,
    values: [ids, deliveredAt],
  });
  return rows;
}
