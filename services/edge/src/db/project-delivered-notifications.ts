import type { NotificationDelivered } from '@florin/contracts';
import type { Transaction } from '@florin/database';
import type { NotificationRow } from '../read-models/notification.js';

/** Marks notifications as delivered, also those whose creation is still on its way. */
export async function projectDeliveredNotifications(
  tx: Transaction,
  events: readonly NotificationDelivered[],
): Promise<readonly NotificationRow[]> {
  const { rows } = await tx.query<NotificationRow>({
    name: 'project-delivered-notifications',
    text: `INSERT INTO notifications AS known (id, customer_id, channel, created_at, delivered_at, status)
           SELECT r.*, 'delivered'
           FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::timestamptz[], $4::timestamptz[]) AS r
           ON CONFLICT (id) DO UPDATE SET status = 'delivered', delivered_at = excluded.delivered_at
           WHERE known.status = 'pending'
           RETURNING known.id, known.customer_id AS "customerId", known.channel, known.template, known.subject, known.status,
             known.created_at AS "createdAt", known.delivered_at AS "deliveredAt"`,
    values: [
      events.map((event) => event.notificationId),
      events.map((event) => event.customerId),
      events.map((event) => event.channel),
      events.map((event) => new Date(event.meta.occurredAt)),
    ],
  });
  return rows;
}
