import type { Transaction } from '@florin/database';

export interface ScheduleAdvance {
  readonly id: string;
  /** Null when there is no further occurrence: the schedule is completed. */
  readonly nextRunAt: number | null;
}

/** Moves schedules, which are locked, on to their next occurrence; behind the last one there is nothing left to describe. */
export async function advanceSchedules(tx: Transaction, advances: readonly ScheduleAdvance[]): Promise<void> {
  await tx.query({
    name: 'advance-schedules',
    text: `UPDATE scheduled_transfers s
              SET next_run_at = u.next_run_at, held_until = NULL, version = s.version + 1,
                  description = CASE WHEN u.next_run_at IS NULL THEN NULL ELSE s.description END,
                  status = CASE WHEN u.next_run_at IS NULL THEN 'completed' ELSE 'active' END
             FROM unnest($1::uuid[], $2::timestamptz[]) AS u (id, next_run_at)
            WHERE s.id = u.id`,
    values: [
      advances.map((a) => a.id),
      advances.map((a) => (a.nextRunAt === null ? null : new Date(a.nextRunAt))),
    ],
  });
}
