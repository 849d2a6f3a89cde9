import type { Transaction } from '@florin/database';
import type { UnsentReplay } from './take-unsent-replays.js';

/** Remembers that Kafka holds the items. */
export async function markReplaysSent(
  tx: Transaction,
  items: readonly UnsentReplay[],
  now: number,
): Promise<void> {
  await tx.query({
    name: 'mark-replays-sent',
    text: `UPDATE replay_items AS i SET sent_at = $3
           FROM unnest($1::uuid[], $2::uuid[]) AS r (replay_id, dead_letter_id)
           WHERE i.replay_id = r.replay_id AND i.dead_letter_id = r.dead_letter_id`,
    values: [items.map((item) => item.replayId), items.map((item) => item.deadLetterId), new Date(now)],
  });
}
