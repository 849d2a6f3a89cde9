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

/** The next items of a locked replay that Kafka does not hold yet, in the order in which they failed. */
export async function takeUnsentReplays(
  tx: Transaction,
  replayId: string,
  limit: number,
): Promise<readonly UnsentReplay[]> {
  const { rows } = await tx.query<UnsentReplay>({
    name: 'take-unsent-replays',
    text: `SELECT i.replay_id AS "replayId", i.dead_letter_id AS "deadLetterId", d.partition,
             d.consumer_group AS "group", d.key, coalesce(r.value, d.value) AS value, d.failure
           FROM replay_items AS i
             JOIN dead_letters AS d ON d.id = i.dead_letter_id
             LEFT JOIN dead_letter_revisions AS r
               ON r.dead_letter_id = i.dead_letter_id AND r.revision = i.revision
           WHERE i.replay_id = $1 AND i.sent_at IS NULL AND i.outcome = 'pending'
           ORDER BY i.position LIMIT $2
           FOR UPDATE OF i SKIP LOCKED`,
    values: [replayId, limit],
  });
  return rows;
}
