import type { Transaction } from '@florin/database';

/** Remembers that Kafka holds the word about discarded dead letters. */
export async function markDiscardsSent(
  tx: Transaction,
  { ids, sentAt }: { readonly ids: readonly string[]; readonly sentAt: Date },
): Promise<void> {
  await tx.query({
    name: 'mark-discards-sent',
    text: 'UPDATE dead_letters SET discard_sent_at = $2 WHERE id = ANY($1::uuid[])',
    values: [ids, sentAt],
  });
}
