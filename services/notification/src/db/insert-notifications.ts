import type { Transaction } from '@florin/database';
import type { Draft } from '../domain/draft.js';

export interface NewNotification extends Draft {
  readonly id: string;
}

/** Stores notifications; those an event already caused are left out of the ids that are returned. */
export async function insertNotifications(
  tx: Transaction,
  notifications: readonly NewNotification[],
  createdAt: Date,
): Promise<Set<string>> {
  const { rows } = await tx.query<{ id: string }>({
    name: 'insert-notifications',
    text: `INSERT INTO notifications
             (id, event_id, customer_id, channel, address, template, parameters, secret_ref, created_at)
           SELECT *, $9::timestamptz FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[],
             $6::text[], $7::jsonb[], $8::text[])
           ON CONFLICT (event_id, customer_id, channel) DO NOTHING
           RETURNING id`,
    values: [
      notifications.map((n) => n.id),
      notifications.map((n) => n.eventId),
      notifications.map((n) => n.customerId),
      notifications.map((n) => n.channel),
      notifications.map((n) => n.address),
      notifications.map((n) => n.template),
      notifications.map((n) => JSON.stringify(n.parameters)),
      notifications.map((n) => n.secretRef),
      createdAt,
    ],
  });
  return new Set(rows.map((row) => row.id));
}
