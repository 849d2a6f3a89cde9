import type { NotificationCreated } from '@florin/contracts';
import type { Transaction } from '@florin/database';

/** Shows notifications; a row that its delivery has made before gets its template and subject. */
export async function projectCreatedNotifications(
  tx: Transaction,
  events: readonly NotificationCreated[],
): Promise<void> {
  await tx.query({
    name: 'project-created-notifications',
    text: `INSERT INTO notifications (id, customer_id, channel, template, subject, created_at, status)
           SELECT r.*, 'pending'
           FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::timestamptz[]) AS r
           ON CONFLICT (id) DO UPDATE SET
             template = excluded.template, subject = excluded.subject, created_at = excluded.created_at`,
    values: [
      events.map((event) => event.notificationId),
      events.map((event) => event.customerId),
      events.map((event) => event.channel),
      events.map((event) => event.template),
      events.map((event) => event.subject),
      events.map((event) => new Date(event.meta.occurredAt)),
    ],
  });
}
