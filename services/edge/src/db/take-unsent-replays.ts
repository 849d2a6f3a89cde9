import type { Transaction } from '@florin/database';
import type { FailureHeaders } from '@florin/messaging';

export interface UnsentReplay {
  readonly replayId: string;
  readonly deadLetterId: string;
  readonly partition: number;
  readonly group: string;
  readonly key: string | null;
  readonly value: Buffer;
  readonly failure: FailureHeaders;
}

/**
 * Locks replay items that Kafka does not hold yet, in the order in which they failed. Items that another edge is
 * sending are skipped.
 */
export async function takeUnsentReplays(tx: Transaction, limit: number): Promise<readonly UnsentReplay[]> {
  const { rows } = await tx.query<UnsentReplay>({
    name: 'take-unsent-replays',
    text: `SELECT i.replay_id AS "replayId", i.dead_letter_id AS "deadLetterId", d.partition,
             d.consumer_group AS "group", d.key, d.value, d.failure
           FROM replay_items AS i JOIN dead_letters AS d ON d.id = i.dead_letter_id
           WHERE i.sent_at IS NULL AND i.outcome = 'pending'
           ORDER BY i.replay_id, d.topic, d.partition, d.record_offset LIMIT $1
           FOR UPDATE OF i SKIP LOCKED`,
    values: [limit],
  });
  return rows;
}
