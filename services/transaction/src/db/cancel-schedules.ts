import type { Transaction } from '@florin/database';
import type { ScheduledTransfer } from '../domain/scheduled-transfer.js';
import {
  type ScheduledTransferRow,
  scheduledTransferColumns,
  scheduledTransferOf,
} from './scheduled-transfer-row.js';

/**
 * Cancels the active ones among the given schedules and returns all of them, as they are now. What the customer wrote is
 * forgotten: it was for transfers that will not be made, and whoever leaves has his wallets closed.
 */
export async function cancelSchedules(
  tx: Transaction,
  ids: readonly string[],
  reason: string,
): Promise<ScheduledTransfer[]> {
  const { rows } = await tx.query<ScheduledTransferRow>({
    name: 'cancel-schedules',
    text: `WITH locked AS MATERIALIZED (
             SELECT id FROM scheduled_transfers WHERE id = ANY($1::uuid[]) ORDER BY id FOR UPDATE
           )
           UPDATE scheduled_transfers s
              SET status = CASE WHEN s.status = 'active' THEN 'cancelled' ELSE s.status END,
                  end_reason = CASE WHEN s.status = 'active' THEN $2 ELSE s.end_reason END,
                  version = s.version + CASE WHEN s.status = 'active' THEN 1 ELSE 0 END,
                  next_run_at = NULL, description = NULL
             FROM locked WHERE s.id = locked.id
        RETURNING ${scheduledTransferColumns}`,
    values: [ids, reason],
  });
  return rows.map(scheduledTransferOf);
}
