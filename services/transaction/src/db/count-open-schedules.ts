import type { Transaction } from '@florin/database';

/** How many schedules each of the customers has that have not ended; those without any are missing. */
export async function countOpenSchedules(
  tx: Transaction,
  ownerIds: readonly string[],
): Promise<Map<string, number>> {
  const { rows } = await tx.query<{ ownerId: string; count: number }>({
    name: 'count-open-schedules',
    text: `SELECT owner_id AS "ownerId", count(*)::int AS count FROM scheduled_transfers
            WHERE owner_id = ANY($1::uuid[]) AND status = 'active' GROUP BY owner_id`,
    values: [ownerIds],
  });
  return new Map(rows.map(({ ownerId, count }) => [ownerId, count]));
}
