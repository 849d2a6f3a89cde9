import type { Transaction } from '@florin/database';
import type { ScheduledTransfer } from '../domain/scheduled-transfer.js';
import {
  type ScheduledTransferRow,
  scheduledTransferColumns,
  scheduledTransferOf,
} from './scheduled-transfer-row.js';

/** Of the schedules that are due: as many of them, or one alone. */
export type DueSchedules = { readonly limit: number } | { readonly id: string };

/** Schedules with an occurrence that is due, as far as no other instance is working on them and none is held back. */
export async function lockDueSchedules(
  tx: Transaction,
  which: DueSchedules,
  now: Date,
): Promise<ScheduledTransfer[]> {
  const [id, limit] = 'id' in which ? [which.id, 1] : [null, which.limit];
  const { rows } = await tx.query<ScheduledTransferRow>({
    name: 'lock-due-schedules',
    text: `SELECT ${scheduledTransferColumns} FROM scheduled_transfers s
            WHERE s.status = 'active' AND s.next_run_at <= $1 AND (s.held_until IS NULL OR s.held_until <= $1)
              AND ($3::uuid IS NULL OR s.id = $3)
            ORDER BY s.next_run_at LIMIT $2 FOR UPDATE SKIP LOCKED`,
    values: [now, limit, id],
  });
  return rows.map(scheduledTransferOf);
}
