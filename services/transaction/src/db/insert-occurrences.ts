import type { Transaction } from '@florin/database';

export interface OccurrenceRow {
  readonly scheduledTransferId: string;
  readonly occursAt: number;
  readonly outcome: 'submitted' | 'skipped';
  readonly transactionId: string | null;
}

/** Records occurrences. One that was recorded before violates the key: the schedule was not advanced with it. */
export async function insertOccurrences(
  tx: Transaction,
  occurrences: readonly OccurrenceRow[],
  recordedAt: Date,
): Promise<void> {
  await tx.query({
    name: 'insert-occurrences',
    text: `INSERT INTO scheduled_occurrences (scheduled_transfer_id, occurs_at, outcome, transaction_id, recorded_at)
           SELECT u.*, $5 FROM unnest($1::uuid[], $2::timestamptz[], $3::text[], $4::uuid[]) AS u`,
    values: [
      occurrences.map((o) => o.scheduledTransferId),
      occurrences.map((o) => new Date(o.occursAt)),
      occurrences.map((o) => o.outcome),
      occurrences.map((o) => o.transactionId),
      recordedAt,
    ],
  });
}
