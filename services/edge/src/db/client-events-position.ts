import type { Database } from '@florin/database';

export interface EventsPosition {
  /** The last sequence that anyone has drawn. */
  readonly drawn: number;
  /** Every event up to this one has been committed, or never will be. */
  readonly settled: number;
}

/** How far the events can be read without missing one that commits late. */
export async function clientEventsPosition({ pool }: Database): Promise<EventsPosition> {
  const { rows } = await pool.query<EventsPosition>({
    name: 'client-events-position',
    text: 'SELECT drawn, settled FROM client_events_position()',
  });
  return rows[0]!;
}
