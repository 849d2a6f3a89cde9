import type { Database } from '@florin/database';

/** Which of the given bulks have no item left that is on its way. */
export async function findEndedBulks(
  { pool }: Database,
  bulkIds: readonly string[],
): Promise<readonly string[]> {
  const { rows } = await pool.query<{ id: string }>({
    name: 'find-ended-bulks',
    text: `SELECT b.id FROM bulks b
            WHERE b.id = ANY($1::uuid[])
              AND NOT EXISTS (SELECT 1 FROM transactions t WHERE t.origin_id = b.id AND t.status = 'pending')`,
    values: [bulkIds],
  });
  return rows.map((row) => row.id);
}
