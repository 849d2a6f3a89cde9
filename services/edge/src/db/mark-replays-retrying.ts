import type { Transaction } from '@florin/database';
import type { ReplayOutcome } from './finish-replay-items.js';

/** Remembers that the first attempt of replayed messages has failed, which is as much as a canary needs to know. */
export async function markReplaysRetrying(tx: Transaction, reports: readonly ReplayOutcome[]): Promise<void> {
  if (reports.length === 0) return;
  await tx.query({
    name: 'mark-replays-retrying',
    text: `UPDATE replay_items AS i SET retrying_at = r.failed_at, detail = r.detail
           FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::timestamptz[])
             AS r (replay_id, dead_letter_id, detail, failed_at)
           WHERE i.replay_id = r.replay_id AND i.dead_letter_id = r.dead_letter_id AND i.outcome = 'pending'`,
    values: [
      reports.map((report) => report.replayId),
      reports.map((report) => report.deadLetterId),
      reports.map((report) => report.detail),
      reports.map((report) => new Date(report.finishedAt)),
    ],
  });
}
