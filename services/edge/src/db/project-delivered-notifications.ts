import type { NotificationDelivered } from '@florin/contracts';
import type { Transaction } from '@florin/database';

/** Marks notifications as delivered, also those whose creation is still on its way. */
export async function projectDeliveredNotifications(
  tx: Transaction,
  events: readonly NotificationDelivered[],
): Promise<void> {
  await tx.query({
    name: 'project-delivered-notifications',
    text: `INSERT INTO notifications (id, customer_id, channel, created_at, delivered_at, status)
           SELECT r.*, 'delivered'
           FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::timestamptz[], $4::timestamptz[]) AS r
           ON CONFLICT (id) DO UPDATE SET status = 'delivered', delivered_at = excluded.delivered_at`,
    values: [
      events.map((event) => event.notificationId),
      events.map((event) => event.customerId),
      events.map((event) => event.channel),
      events.map((event) => new Date(event.meta.occurredAt)),
    ],
  });
}
