import type { Transaction } from '@florin/database';

/** Which dead letters a replay takes; the fields given must all match. */
export interface ReplaySelection {
  readonly ids?: readonly string[];
  readonly fingerprint?: string;
  readonly topic?: string;
  readonly group?: string;
}

export interface ReplayRow {
  readonly id: string;
  readonly requestedBy: string;
  readonly selection: ReplaySelection;
  readonly createdAt: Date;
}

/** One replay takes at most so many dead letters; the rest stays pending for the next. */
export const maxReplayItems = 10_000;

/**
 * Starts replays: every pending dead letter of the selection becomes an item. Whoever locks a letter first gets it,
 * so that a double click or two operators at once replay it once. Oldest first, as they failed.
 */
export async function insertReplays(tx: Transaction, rows: readonly ReplayRow[]): Promise<readonly string[]> {
  for (const row of rows) {
    await tx.query({
      name: 'insert-replay',
      text: `WITH replay AS (
               INSERT INTO replays (id, requested_by, selection, created_at)
               VALUES ($1, $2, $3, $4) RETURNING id
             ), taken AS (
               SELECT id FROM dead_letters
               WHERE status = 'pending' AND attempts > 0
                 AND ($5::uuid[] IS NULL OR id = ANY($5))
                 AND ($6::text IS NULL OR fingerprint = $6)
                 AND ($7::text IS NULL OR topic = $7)
                 AND ($8::text IS NULL OR consumer_group = $8)
               ORDER BY topic, partition, record_offset LIMIT $9
               FOR UPDATE SKIP LOCKED
             ), marked AS (
               UPDATE dead_letters SET status = 'replaying' WHERE id IN (SELECT id FROM taken) RETURNING id
             )
             INSERT INTO replay_items (replay_id, dead_letter_id, outcome)
             SELECT replay.id, marked.id, 'pending' FROM replay, marked`,
      values: [
        row.id,
        row.requestedBy,
        JSON.stringify(row.selection),
        row.createdAt,
        row.selection.ids ?? null,
        row.selection.fingerprint ?? null,
        row.selection.topic ?? null,
        row.selection.group ?? null,
        maxReplayItems,
      ],
    });
  }
  return rows.map((row) => row.id);
}
