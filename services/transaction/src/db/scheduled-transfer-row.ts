import type { ScheduledTransfer } from '../domain/scheduled-transfer.js';

type Timestamps = 'runAt' | 'endsAt' | 'nextRunAt' | 'createdAt';

/** A schedule as the driver returns it when it selects `scheduledTransferColumns`. */
export type ScheduledTransferRow = Omit<ScheduledTransfer, Timestamps> & {
  readonly runAt: Date | null;
  readonly endsAt: Date | null;
  readonly nextRunAt: Date | null;
  readonly createdAt: Date;
};

export const scheduledTransferColumns = `
  s.id, s.owner_id AS "ownerId", s.type, s.source_wallet_id AS "sourceWalletId",
  s.source_wallet_type AS "sourceWalletType", s.source_time_zone AS "sourceTimeZone", s.destination_wallet_id AS "destinationWalletId",
  s.destination_wallet_type AS "destinationWalletType", s.destination_owner_id AS "destinationOwnerId", s.amount,
  s.currency, s.description, s.run_at AS "runAt", s.cron, s.time_zone AS "timeZone", s.ends_at AS "endsAt",
  s.missed_run_policy AS "missedRunPolicy", s.status, s.end_reason AS "endReason", s.next_run_at AS "nextRunAt",
  s.version, s.actor, s.created_at AS "createdAt"`;

export function scheduledTransferOf(row: ScheduledTransferRow): ScheduledTransfer {
  return {
    ...row,
    runAt: row.runAt?.getTime() ?? null,
    endsAt: row.endsAt?.getTime() ?? null,
    nextRunAt: row.nextRunAt?.getTime() ?? null,
    createdAt: row.createdAt.getTime(),
  };
}
