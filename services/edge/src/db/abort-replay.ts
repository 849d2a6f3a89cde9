import type { Transaction } from '@florin/database';
import { appendOperatorActions } from './append-operator-actions.js';

export interface ReplayAbort {
  readonly replayId: string;
  readonly actor: string;
  readonly reason: string;
  readonly abortedAt: Date;
}

/**
 * Ends a replay early. What Kafka holds already is handled all the same; what was not sent goes back to pending, and
 * out of the ledger, so that another replay can take it.
 * @returns false when it had nothing left to send, or was aborted before
 */
export async function abortReplay(tx: Transaction, abort: ReplayAbort): Promise<boolean> {
  const { replayId, actor, reason, abortedAt } = abort;
  const { rows } = await tx.query<{ cancelled: number }>({
    name: 'abort-replay',
    text: `WITH aborted AS (
             UPDATE replays AS r SET aborted_at = $2, abort_reason = $3
             WHERE r.id = $1 AND r.aborted_at IS NULL AND EXISTS (
               SELECT FROM replay_items AS i
               WHERE i.replay_id = r.id AND i.sent_at IS NULL AND i.outcome = 'pending')
             RETURNING r.id
           ), cancelled AS (
             UPDATE replay_items AS i SET outcome = 'cancelled', finished_at = $2
             FROM aborted WHERE i.replay_id = aborted.id AND i.sent_at IS NULL AND i.outcome = 'pending'
             RETURNING i.dead_letter_id
           ), released AS (
             DELETE FROM replay_ledger AS l USING cancelled
             WHERE l.replay_id = $1 AND l.dead_letter_id = cancelled.dead_letter_id
             RETURNING l.dead_letter_id
           ), pending AS (
             UPDATE dead_letters SET status = 'pending'
             WHERE status = 'replaying' AND id IN (SELECT dead_letter_id FROM released)
           )
           SELECT (SELECT count(*) FROM cancelled) AS cancelled FROM aborted`,
    values: [replayId, abortedAt, reason],
  });
  const [aborted] = rows;
  if (!aborted) return false;
  await appendOperatorActions(tx, [
    {
      actor,
      action: 'replay.abort',
      subject: replayId,
      reason,
      detail: { cancelled: aborted.cancelled },
      occurredAt: abortedAt,
    },
  ]);
  return true;
}
