import type { Transaction } from '@florin/database';

export interface ReplayOutcome {
  readonly replayId: string;
  readonly deadLetterId: string;
  /** applied, duplicate or failed; a dry run ends with would-apply or not-dry-runnable as well. */
  readonly outcome: string;
  readonly detail: string | null;
  readonly finishedAt: number;
}

/**
 * Ends replay items, and with them their dead letters. A letter whose replay failed is superseded: its message came
 * back as a new dead letter, and that is the one to look after. A dry run changes nothing about a letter. An item may
 * be finished after it was cancelled, when its edge died between handing it to Kafka and remembering that.
 */
export async function finishReplayItems(tx: Transaction, outcomes: readonly ReplayOutcome[]): Promise<void> {
  if (outcomes.length === 0) return;
  await tx.query({
    name: 'finish-replay-items',
    text: `WITH finished AS (
             UPDATE replay_items AS i SET
               outcome = r.outcome, detail = r.detail, finished_at = r.finished_at,
               sent_at = coalesce(i.sent_at, r.finished_at)
             FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::timestamptz[])
               AS r (replay_id, dead_letter_id, outcome, detail, finished_at)
             WHERE i.replay_id = r.replay_id AND i.dead_letter_id = r.dead_letter_id AND i.outcome IN ('pending', 'cancelled')
             RETURNING i.replay_id, i.dead_letter_id, i.outcome
           )
           UPDATE dead_letters AS d SET
             status = 'resolved',
             resolution = CASE finished.outcome WHEN 'failed' THEN 'superseded' ELSE finished.outcome END
           FROM finished JOIN replays ON replays.id = finished.replay_id AND NOT replays.dry_run
           WHERE d.id = finished.dead_letter_id AND d.status IN ('pending', 'replaying')`,
    values: [
      outcomes.map((outcome) => outcome.replayId),
      outcomes.map((outcome) => outcome.deadLetterId),
      outcomes.map((outcome) => outcome.outcome),
      outcomes.map((outcome) => outcome.detail),
      outcomes.map((outcome) => new Date(outcome.finishedAt)),
    ],
  });
}
