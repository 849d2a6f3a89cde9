import type { Database } from '@florin/database';
import type { ClientEventType } from '../events/client-event.js';

export interface ClientEventRow {
  readonly sequence: number;
  readonly ownerId: string;
  readonly repeated: boolean;
  readonly type: ClientEventType;
  readonly subjectId: string;
  readonly occurredAt: Date;
  readonly data: object | null;
}

/** A part of the events: above `after`, up to `upTo`, which must be settled. */
export interface EventRange {
  readonly after: number;
  readonly upTo: number;
  readonly limit: number;
  /** Of these owners; undefined for everyone's. */
  readonly ownerIds: readonly string[] | undefined;
}

const columns = `sequence, owner_id AS "ownerId", repeated, type, subject_id AS "subjectId",
  occurred_at AS "occurredAt", data`;

/** Events of a range in their order, at most `limit`. */
export async function findClientEvents(
  { pool }: Database,
  { after, upTo, limit, ownerIds }: EventRange,
): Promise<readonly ClientEventRow[]> {
  if (ownerIds?.length === 1) {
    const { rows } = await pool.query<ClientEventRow>({
      name: 'find-own-client-events',
      text: `SELECT ${columns} FROM client_events
             WHERE owner_id = $1 AND sequence > $2 AND sequence <= $3 ORDER BY sequence LIMIT $4`,
      values: [ownerIds[0], after, upTo, limit],
    });
    return rows;
  }
  const { rows } = await pool.query<ClientEventRow>({
    name: 'find-client-events',
    text: `SELECT ${columns} FROM client_events
           WHERE sequence > $1 AND sequence <= $2 AND ($4::uuid[] IS NULL OR owner_id = ANY($4::uuid[]))
           ORDER BY sequence LIMIT $3`,
    values: [after, upTo, limit, ownerIds ?? null],
  });
  return rows;
}
