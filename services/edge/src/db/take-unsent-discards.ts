import type { Transaction } from '@florin/database';
import type { DiscardedLetter } from '@florin/messaging';

const maxRows = 100;

/** Dead letters that are put aside and whose groups have not been told, locked until the end of the transaction. */
export async function takeUnsentDiscards(tx: Transaction): Promise<readonly DiscardedLetter[]> {
  const { rows } = await tx.query<DiscardedLetter['letter'] & { readonly id: string }>({
    name: 'take-unsent-discards',
    text: `SELECT id, partition, consumer_group AS "group", key, failure FROM dead_letters
           WHERE status = 'discarded' AND discard_sent_at IS NULL AND attempts > 0
           ORDER BY discarded_at LIMIT ${maxRows} FOR UPDATE SKIP LOCKED`,
  });
  return rows.map(({ id, ...letter }) => ({ deadLetterId: id, letter }));
}
