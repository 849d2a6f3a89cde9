import type { Database } from '@florin/database';

/**
 * Deletes the oldest events that were recorded before `before`, at most `batchSize`, and moves the floor in the same
 * statement: who resumes below it is told that something is missing. Returns how many.
 */
export async function deleteClientEvents(
  { pool }: Database,
  before: Date,
  batchSize: number,
): Promise<number> {
  const { rowCount } = await pool.query({
    name: 'delete-client-events',
    text: `WITH old AS MATERIALIZED (
             SELECT sequence, recorded_at FROM client_events ORDER BY sequence LIMIT $2
           ), floor AS (
             UPDATE client_events_floor SET sequence = greatest(client_events_floor.sequence, deleted.sequence)
             FROM (SELECT max(sequence) AS sequence FROM old WHERE recorded_at < $1) AS deleted
             WHERE deleted.sequence IS NOT NULL
           )
           DELETE FROM client_events WHERE sequence IN (SELECT sequence FROM old WHERE recorded_at < $1)`,
    values: [before, batchSize],
  });
  return rowCount ?? 0;
}

/** Forgets who has not listened since `before`; nothing is stored for them any more. */
export async function deleteListeners({ pool }: Database, before: Date): Promise<void> {
  await pool.query({
    name: 'delete-event-listeners',
    text: 'DELETE FROM event_listeners WHERE listened_at < $1',
    values: [before],
  });
}

/** Events up to this one may have been deleted. */
export async function clientEventsFloor({ pool }: Database): Promise<number> {
  const { rows } = await pool.query<{ sequence: number }>({
    name: 'client-events-floor',
    text: 'SELECT sequence FROM client_events_floor',
  });
  return rows[0]!.sequence;
}
