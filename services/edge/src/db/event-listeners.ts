import { setTimeout as delay } from 'node:timers/promises';
import type { Database } from '@florin/database';

const barrierPollMs = 5;
const barrierTimeoutMs = 5_000;

/** The transactions that were at work when a listener came do not end. */
export class ListenerBarrierError extends Error {
  readonly code = 'listener-barrier-timeout';
  constructor() {
    super(`transactions that write events have not ended after ${barrierTimeoutMs} ms`);
    this.name = 'ListenerBarrierError';
  }
}

/**
 * Notes that an owner listens, and returns the event up to which some may be missing. Events are stored only for who
 * listens, so a new listener waits until every transaction that may not have seen it has ended: what commits after
 * this returns is stored.
 * @throws ListenerBarrierError when they do not end
 */
export async function registerListener(database: Database, ownerId: string, now: Date): Promise<number> {
  const { rows } = await database.pool.query<{ since: number | null }>({
    name: 'register-event-listener',
    text: `INSERT INTO event_listeners AS known (owner_id, listened_at) VALUES ($1, $2)
           ON CONFLICT (owner_id) DO UPDATE SET listened_at = greatest(known.listened_at, excluded.listened_at)
           RETURNING since`,
    values: [ownerId, now],
  });
  if (rows[0]!.since !== null) return rows[0]!.since;
  await untilWritersHaveEnded(database);
  const settled = await database.pool.query<{ since: number }>({
    name: 'settle-event-listener',
    text: `UPDATE event_listeners SET since = coalesce(since, settled) FROM client_events_position()
           WHERE owner_id = $1 RETURNING since`,
    values: [ownerId],
  });
  return settled.rows[0]!.since;
}

async function untilWritersHaveEnded({ pool }: Database): Promise<void> {
  const writers = async (): Promise<Set<string>> => {
    const { rows } = await pool.query<{ writer: string }>({
      name: 'client-event-writers',
      text: `SELECT DISTINCT virtualtransaction AS writer FROM pg_locks
             WHERE locktype = 'advisory' AND classid = 20260800 AND objsubid = 2
               AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
    });
    return new Set(rows.map(({ writer }) => writer));
  };
  const deadline = performance.now() + barrierTimeoutMs;
  const before = await writers();
  while (before.size > 0) {
    if (performance.now() > deadline) throw new ListenerBarrierError();
    await delay(barrierPollMs);
    const now = await writers();
    for (const writer of before) if (!now.has(writer)) before.delete(writer);
  }
}

/** Keeps listeners whose streams are open. */
export async function touchListeners(
  { pool }: Database,
  ownerIds: readonly string[],
  now: Date,
): Promise<void> {
  await pool.query({
    name: 'touch-event-listeners',
    text: 'UPDATE event_listeners SET listened_at = $2 WHERE owner_id = ANY($1::uuid[]) AND listened_at < $2',
    values: [ownerIds, now],
  });
}
