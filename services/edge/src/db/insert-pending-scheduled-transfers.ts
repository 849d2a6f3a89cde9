import type { UnitOfWork } from '@florin/messaging';
import type { ScheduledTransferRow } from '../read-models/scheduled-transfer.js';

/** Shows schedules that are on their way, so that GET after 202 finds them. */
export async function insertPendingScheduledTransfers(
  { tx }: UnitOfWork,
  rows: readonly ScheduledTransferRow[],
): Promise<readonly string[]> {
  const result = await tx.query<{ id: string }>({
    name: 'insert-pending-scheduled-transfers',
    text: `INSERT INTO scheduled_transfers
             (id, owner_id, type, source_wallet_id, destination_wallet_id, amount, currency, description, run_at, cron,
              time_zone, ends_at, missed_run_policy, next_run_at, created_at, status)
           SELECT r.*, 'pending'
           FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::uuid[], $5::uuid[], $6::bigint[], $7::text[],
                       $8::text[], $9::timestamptz[], $10::text[], $11::text[], $12::timestamptz[], $13::text[],
                       $14::timestamptz[], $15::timestamptz[]) AS r
           ON CONFLICT DO NOTHING RETURNING id`,
    values: [
      rows.map((row) => row.id),
      rows.map((row) => row.ownerId),
      rows.map((row) => row.type),
      rows.map((row) => row.sourceWalletId),
      rows.map((row) => row.destinationWalletId),
      rows.map((row) => row.amount),
      rows.map((row) => row.currency),
      rows.map((row) => row.description),
      rows.map((row) => row.runAt),
      rows.map((row) => row.cron),
      rows.map((row) => row.timeZone),
      rows.map((row) => row.endsAt),
      rows.map((row) => row.missedRunPolicy),
      rows.map((row) => row.nextRunAt),
      rows.map((row) => row.createdAt),
    ],
  });
  return result.rows.map((row) => row.id);
}
