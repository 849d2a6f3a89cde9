import type { Transaction } from '@florin/database';
import type { ScheduledTransfer } from '../domain/scheduled-transfer.js';

/** Stores a schedule; false when its id is known already. */
export async function insertScheduledTransfer(
  tx: Transaction,
  schedule: ScheduledTransfer,
): Promise<boolean> {
  const time = (at: number | null): Date | null => (at === null ? null : new Date(at));
  const { rowCount } = await tx.query({
    name: 'insert-scheduled-transfer',
    text: `INSERT INTO scheduled_transfers
             (id, owner_id, type, source_wallet_id, source_wallet_type, destination_wallet_id,
              destination_wallet_type, destination_owner_id, amount, currency, description, run_at, cron, time_zone,
              ends_at, missed_run_policy, status, end_reason, next_run_at, version, actor, created_at, source_time_zone)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23)
           ON CONFLICT (id) DO NOTHING`,
    values: [
      schedule.id,
      schedule.ownerId,
      schedule.type,
      schedule.sourceWalletId,
      schedule.sourceWalletType,
      schedule.destinationWalletId,
      schedule.destinationWalletType,
      schedule.destinationOwnerId,
      schedule.amount,
      schedule.currency,
      schedule.description,
      time(schedule.runAt),
      schedule.cron,
      schedule.timeZone,
      time(schedule.endsAt),
      schedule.missedRunPolicy,
      schedule.status,
      schedule.endReason,
      time(schedule.nextRunAt),
      schedule.version,
      schedule.actor,
      new Date(schedule.createdAt),
      schedule.sourceTimeZone,
    ],
  });
  return rowCount === 1;
}
