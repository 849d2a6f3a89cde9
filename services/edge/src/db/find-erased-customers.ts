import type { Pool } from '@florin/database';

/** A page of the customers who have left since `since`, in the order of their ids, behind `after`. */
export async function findErasedCustomers(
  pool: Pool,
  page: { readonly since: number; readonly after: string | undefined; readonly limit: number },
): Promise<readonly string[]> {
  const { rows } = await pool.query<{ id: string }>({
    name: 'find-erased-customers',
    text: `SELECT customer_id AS id FROM customer_erasures
           WHERE erased_at >= $1 AND ($2::uuid IS NULL OR customer_id > $2) ORDER BY customer_id LIMIT $3`,
    values: [new Date(page.since), page.after ?? null, page.limit],
  });
  return rows.map(({ id }) => id);
}
