import type { Database } from '@florin/database';

/** Leaves a schedule alone for a while. The time that is due stays due. */
export async function holdSchedule({ pool }: Database, id: string, until: Date): Promise<void> {
  await pool.query({
    name: 'hold-schedule',
    text: `UPDATE scheduled_transfers SET held_until = $2 WHERE id = $1 AND status = 'active'`,
    values: [id, until],
  });
}
