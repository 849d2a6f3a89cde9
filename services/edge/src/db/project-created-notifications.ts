import type { NotificationCreated } from '@florin/contracts';
import type { Transaction } from '@florin/database';
import type { NotificationRow } from '../read-models/notification.js';

/** Shows notifications; a row that its delivery has made before gets its template and subject. */
export async function projectCreatedNotifications(
  tx: Transaction,
  events: readonly NotificationCreated[],
): Promise<readonly NotificationRow[]> {
  const { rows } = await tx.query<NotificationRow>({
    name: 'project-created-notifications',
    text: `INSERT INTO notifications AS known (id, customer_id, channel, template, subject, created_at, status)
           SELECT r.*, 'pending'
           FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::timestamptz[]) AS r
           ON CONFLICT (id) DO UPDATE SET
             template = excluded.template, subject = excluded.subject, created_at = excluded.created_at
           WHERE known.template IS NULL
           RETURNING known.id, known.customer_id AS "customerId", known.channel, known.template, known.subject, known.status,
             known.created_at AS "createdAt", known.delivered_at AS "deliveredAt"`,
    values: [
      events.map((event) => event.notificationId),
      events.map((event) => event.customerId),
      events.map((event) => event.channel),
      events.map((event) => event.template),
      events.map((event) => event.subject),
      events.map((event) => new Date(event.meta.occurredAt)),
    ],
  });
  return rows;
}
