import type { Transaction } from '@florin/database';
import { everyone, type NewClientEvent } from '../events/client-event.js';

/** Stores events for those of their owners who listen; true when there were any. */
export async function insertClientEvents(
  tx: Transaction,
  events: readonly NewClientEvent[],
): Promise<boolean> {
  const owners = events.flatMap(({ ownerIds }) => ownerIds);
  const listening = await findListeners(tx, owners);
  const all = listening.has(everyone);
  const rows = events.flatMap((event) =>
    (event.ownerIds.length > 0 ? event.ownerIds : [everyone]).flatMap((ownerId, i) =>
      all || listening.has(ownerId) ? [{ event, ownerId, repeated: i > 0 }] : [],
    ),
  );
  if (rows.length === 0) return false;
  await tx.query({
    name: 'insert-client-events',
    text: `INSERT INTO client_events (owner_id, repeated, type, subject_id, occurred_at, data)
           SELECT * FROM unnest($1::uuid[], $2::boolean[], $3::text[], $4::uuid[], $5::timestamptz[], $6::jsonb[])`,
    values: [
      rows.map(({ ownerId }) => ownerId),
      rows.map(({ repeated }) => repeated),
      rows.map(({ event }) => event.type),
      rows.map(({ event }) => event.subjectId),
      rows.map(({ event }) => new Date(event.occurredAt)),
      rows.map(({ event }) => (event.data === undefined ? null : JSON.stringify(event.data))),
    ],
  });
  return true;
}

/**
 * Announces that events are about to be stored, and looks up for whom.
 *
 * Statements of their own: the announcement has to be made before a sequence is drawn, and before the listeners are
 * looked up, so that somebody who starts to listen can wait for those who may not have seen him.
 */
async function findListeners(tx: Transaction, ownerIds: readonly string[]): Promise<ReadonlySet<string>> {
  // In one round trip, and one after the other all the same.
  const [, { rows }] = await Promise.all([
    tx.query({ name: 'announce-client-events', text: 'SELECT announce_client_events()' }),
    tx.query<{ ownerId: string }>({
      name: 'find-event-listeners',
      text: 'SELECT owner_id AS "ownerId" FROM event_listeners WHERE owner_id = ANY($1::uuid[])',
      values: [[...new Set([everyone, ...ownerIds])]],
    }),
  ]);
  return new Set(rows.map(({ ownerId }) => ownerId));
}
