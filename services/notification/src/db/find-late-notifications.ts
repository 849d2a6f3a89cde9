import type { Pool } from '@florin/database';

/** Customers who have left since then, and whose notifications hold something all the same. */
export async function findLateNotifications(
  pool: Pool,
  { since, limit }: { readonly since: Date; readonly limit: number },
): Promise<readonly string[]> {
  const { rows } = await pool.query<{ customer_id: string }>({
    name: 'find-late-notifications',
    text: `SELECT customer_id FROM erased_recipients e
           WHERE erased_at > $1
             AND EXISTS (SELECT 1 FROM notifications n WHERE n.customer_id = e.customer_id AND n.address <> '')
           LIMIT $2`,
    values: [since, limit],
  });
  return rows.map((row) => row.customer_id);
}
