import type { Transaction } from '@florin/database';

/** Open holds whose time is over, the oldest first. */
export async function findExpiredHolds(
  tx: Transaction,
  now: number,
  limit: number,
): Promise<readonly string[]> {
  const { rows } = await tx.query<{ id: string }>({
    name: 'find-expired-holds',
    text: `SELECT id FROM holds WHERE status = 'open' AND expires_at <= $1 ORDER BY expires_at LIMIT $2`,
    values: [new Date(now), limit],
  });
  return rows.map((row) => row.id);
}
