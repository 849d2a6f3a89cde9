import type { ScheduledTransferProgressed } from '@florin/contracts';
import type { Transaction } from '@florin/database';

/** Adds to the history of schedules the times that were dealt with. */
export async function projectOccurrences(
  tx: Transaction,
  events: readonly ScheduledTransferProgressed[],
): Promise<void> {
  const occurrences = events.flatMap(({ scheduledTransferId, occurrences }) =>
    occurrences.map((occurrence) => ({ scheduledTransferId, ...occurrence })),
  );
  if (occurrences.length === 0) return;
  await tx.query({
    name: 'project-occurrences',
    text: `INSERT INTO scheduled_occurrences (scheduled_transfer_id, occurs_at, outcome, transaction_id)
           SELECT * FROM unnest($1::uuid[], $2::timestamptz[], $3::text[], $4::uuid[])
           ON CONFLICT DO NOTHING`,
    values: [
      occurrences.map((occurrence) => occurrence.scheduledTransferId),
      occurrences.map((occurrence) => new Date(occurrence.occursAt)),
      occurrences.map((occurrence) => occurrence.outcome),
      occurrences.map((occurrence) => occurrence.transactionId),
    ],
  });
}
