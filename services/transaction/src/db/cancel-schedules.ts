import type { Transaction } from '@florin/database';
import type { EndReason, ScheduledTransfer } from '../domain/scheduled-transfer.js';
import {
  type ScheduledTransferRow,
  scheduledTransferColumns,
  scheduledTransferOf,
} from './scheduled-transfer-row.js';

export interface Cancellation {
  readonly id: string;
  readonly reason: EndReason;
}

/**
 * Cancels the active ones among the given schedules and returns all of them, as they are now. What the customer wrote is
 * forgotten: it was for transfers that will not be made, and whoever leaves has his wallets closed.
 */
export async function cancelSchedules(
  tx: Transaction,
  cancellations: readonly Cancellation[],
): Promise<ScheduledTransfer[]> {
  const { rows } = await tx.query<ScheduledTransferRow>({
    name: 'cancel-schedules',
    text: `WITH locked AS MATERIALIZED (
             SELECT id FROM scheduled_transfers WHERE id = ANY($1::uuid[]) ORDER BY id FOR UPDATE
           )
           UPDATE scheduled_transfers s
              SET status = CASE WHEN s.status = 'active' THEN 'cancelled' ELSE s.status END,
                  end_reason = CASE WHEN s.status = 'active' THEN u.reason ELSE s.end_reason END,
                  version = s.version + CASE WHEN s.status = 'active' THEN 1 ELSE 0 END,
                  next_run_at = NULL, description = NULL
             FROM locked JOIN unnest($1::uuid[], $2::text[]) AS u (id, reason) USING (id)
            WHERE s.id = locked.id
        RETURNING ${scheduledTransferColumns}`,
    values: [cancellations.map(({ id }) => id), cancellations.map(({ reason }) => reason)],
  });
  return rows.map(scheduledTransferOf);
}
