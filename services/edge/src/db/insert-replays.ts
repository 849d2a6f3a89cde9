import type { Transaction } from '@florin/database';
import type { UnitOfWork } from '@florin/messaging';
import { appendOperatorActions } from './append-operator-actions.js';

/** Which dead letters a replay takes; the fields given must all match. */
export interface ReplaySelection {
  readonly ids?: readonly string[] | undefined;
  readonly fingerprint?: string | undefined;
  readonly topic?: string | undefined;
  readonly group?: string | undefined;
}

export interface ReplayRow {
  readonly id: string;
  readonly requestedBy: string;
  readonly selection: ReplaySelection;
  /** What is kept of the selection where it says more than a thousand ids. */
  readonly recordedSelection?: object;
  readonly createdAt: Date;
  readonly reason: string | null;
  /** The rule for auto-redrive that wants it. */
  readonly ruleId: string | null;
  readonly dryRun: boolean;
  readonly canary: boolean;
  readonly ratePerSecond: number | null;
  readonly maxFailuresInRow: number;
  /** Takes so many dead letters at most; the rest stays pending for the next replay. */
  readonly limit: number;
}

export const maxReplayItems = 10_000;

/**
 * Starts replays: every pending dead letter of the selection becomes an item, oldest first, as they failed. Whoever
 * locks a letter first gets it, and the ledger takes each revision of a record once for ever, so that a double click
 * or two operators at once replay it once. A dry run takes nothing away from anybody. Where somebody has named letters, and
 * none of them was left, there is no replay. Returns the ids of the others.
 */
export async function insertReplays(tx: Transaction, rows: readonly ReplayRow[]): Promise<readonly string[]> {
  const started: { readonly row: ReplayRow; readonly deadLetters: number }[] = [];
  for (const row of rows) {
    const deadLetters = await insertReplay(tx, row);
    if (deadLetters > 0 || row.dryRun || row.selection.ids === undefined) started.push({ row, deadLetters });
    else await deleteReplay(tx, row.id);
  }
  await appendOperatorActions(
    tx,
    started.map(({ row, deadLetters }) => ({
      actor: row.requestedBy,
      action: row.dryRun ? 'replay.dry-run' : 'replay.start',
      subject: row.id,
      reason: row.reason,
      detail: {
        selection: row.recordedSelection ?? row.selection,
        canary: row.canary,
        ratePerSecond: row.ratePerSecond,
        maxFailuresInRow: row.maxFailuresInRow,
        deadLetters,
      },
      occurredAt: row.createdAt,
    })),
  );
  return started.map(({ row }) => row.id);
}

/** As `insertReplays`, for a request that waits for its commit. */
export function insertPendingReplays(
  { tx }: UnitOfWork,
  rows: readonly ReplayRow[],
): Promise<readonly string[]> {
  return insertReplays(tx, rows);
}

async function deleteReplay(tx: Transaction, id: string): Promise<void> {
  await tx.query({ name: 'delete-replay', text: 'DELETE FROM replays WHERE id = $1', values: [id] });
}

/** Returns the number of items. */
async function insertReplay(tx: Transaction, row: ReplayRow): Promise<number> {
  const { rowCount } = await tx.query({
    name: 'insert-replay',
    text: `WITH replay AS (
             INSERT INTO replays
               (id, requested_by, selection, created_at, reason, dry_run, canary, rate_per_second, max_failures_in_row,
                rule_id)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $15) RETURNING id, dry_run
           ), candidate AS (
             SELECT id, topic, partition, record_offset, revision FROM dead_letters
             WHERE status = 'pending' AND attempts > 0 AND revision = approved_revision
               AND ($10::uuid[] IS NULL OR id = ANY($10))
               AND ($11::text IS NULL OR fingerprint = $11)
               AND ($12::text IS NULL OR topic = $12)
               AND ($13::text IS NULL OR consumer_group = $13)
             ORDER BY topic, partition, record_offset LIMIT $14
             FOR UPDATE SKIP LOCKED
           ), entered AS (
             INSERT INTO replay_ledger (topic, partition, record_offset, revision, replay_id, dead_letter_id)
             SELECT c.topic, c.partition, c.record_offset, c.revision, replay.id, c.id
             FROM candidate AS c, replay WHERE NOT replay.dry_run
             ON CONFLICT DO NOTHING RETURNING dead_letter_id
           ), marked AS (
             UPDATE dead_letters SET status = 'replaying' WHERE id IN (SELECT dead_letter_id FROM entered)
           )
           INSERT INTO replay_items (replay_id, dead_letter_id, revision, outcome, position)
           SELECT replay.id, c.id, c.revision, 'pending',
             row_number() OVER (ORDER BY c.topic, c.partition, c.record_offset)
           FROM replay, candidate AS c
           WHERE replay.dry_run OR c.id IN (SELECT dead_letter_id FROM entered)`,
    values: [
      row.id,
      row.requestedBy,
      JSON.stringify(row.recordedSelection ?? row.selection),
      row.createdAt,
      row.reason,
      row.dryRun,
      row.canary,
      row.ratePerSecond,
      row.maxFailuresInRow,
      row.selection.ids ?? null,
      row.selection.fingerprint ?? null,
      row.selection.topic ?? null,
      row.selection.group ?? null,
      row.limit,
      row.ruleId,
    ],
  });
  return rowCount ?? 0;
}
