import type { ScheduledTransferProgressed } from '@florin/contracts';
import type { Transaction } from '@florin/database';
import type { ScheduledTransferRow } from '../read-models/scheduled-transfer.js';

/** As it is now, and whether the event was newer than what was known. */
export interface ProgressedSchedule extends ScheduledTransferRow {
  readonly changed: boolean;
  readonly version: bigint;
}

/** Shows the newest state of schedules, at most one event for each, and returns all of them as they are now. */
export async function projectScheduledTransfers(
  tx: Transaction,
  events: readonly ScheduledTransferProgressed[],
): Promise<readonly ProgressedSchedule[]> {
  const time = (at: number | null): Date | null => (at === null ? null : new Date(at));
  const newer = (column: string) =>
    `${column} = CASE WHEN excluded.version > known.version THEN excluded.${column} ELSE known.${column} END`;
  const ids = events.map((event) => event.scheduledTransferId);
  // A statement of its own: within one, nothing makes rows be read before they are written. It also settles the order of locks.
  const before = await tx.query<{ id: string; version: unknown }>({
    name: 'lock-scheduled-transfers',
    text: 'SELECT id, version FROM scheduled_transfers WHERE id = ANY($1::uuid[]) ORDER BY id FOR NO KEY UPDATE',
    values: [ids],
  });
  const { rows } = await tx.query<ScheduledTransferRow & { readonly version: unknown }>({
    name: 'project-scheduled-transfers',
    text: `INSERT INTO scheduled_transfers AS known
             (id, owner_id, type, source_wallet_id, destination_wallet_id, amount, currency, description, run_at,
              cron, time_zone, ends_at, missed_run_policy, status, end_reason, next_run_at, version, created_at)
           SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::uuid[], $5::uuid[], $6::bigint[], $7::text[],
                                $8::text[], $9::timestamptz[], $10::text[], $11::text[], $12::timestamptz[],
                                $13::text[], $14::text[], $15::text[], $16::timestamptz[], $17::bigint[],
                                $18::timestamptz[])
            ORDER BY 1
           ON CONFLICT (id) DO UPDATE SET
             ${['status', 'end_reason', 'next_run_at'].map(newer).join(', ')},
             version = greatest(known.version, excluded.version)
           RETURNING known.id, owner_id AS "ownerId", type, source_wallet_id AS "sourceWalletId",
             destination_wallet_id AS "destinationWalletId", amount, currency, description, run_at AS "runAt", cron,
             time_zone AS "timeZone", ends_at AS "endsAt", missed_run_policy AS "missedRunPolicy", status,
             end_reason AS "endReason", next_run_at AS "nextRunAt", created_at AS "createdAt", version`,
    values: [
      ids,
      events.map((event) => event.ownerId),
      events.map((event) => event.type),
      events.map((event) => event.sourceWalletId),
      events.map((event) => event.destinationWalletId),
      events.map((event) => event.amount),
      events.map((event) => event.currency),
      events.map((event) => event.description),
      events.map((event) => time(event.runAt)),
      events.map((event) => event.cron),
      events.map((event) => event.timeZone),
      events.map((event) => time(event.endsAt)),
      events.map((event) => event.missedRunPolicy),
      events.map((event) => event.status),
      events.map((event) => event.endReason),
      events.map((event) => time(event.nextRunAt)),
      events.map((event) => event.meta.aggregateVersion),
      events.map((event) => new Date(event.createdAt)),
    ],
  });
  const known = new Map(before.rows.map(({ id, version }) => [id, Number(version)]));
  const told = new Map(events.map((event) => [event.scheduledTransferId, event.meta.aggregateVersion]));
  return rows.map((row) => ({
    ...row,
    version: BigInt(row.version as string),
    // A row that another transaction has inserted meanwhile may be newer than the event.
    changed: Number(row.version) === told.get(row.id) && Number(row.version) > (known.get(row.id) ?? 0),
  }));
}
