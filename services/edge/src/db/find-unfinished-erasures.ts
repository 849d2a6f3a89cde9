import type { Pool } from '@florin/database';

/** Customers whose wallets are being closed, those who wait longest first. */
export async function findUnfinishedErasures(pool: Pool, limit: number): Promise<readonly string[]> {
  const { rows } = await pool.query<{ customer_id: string }>({
    name: 'find-unfinished-erasures',
    text: `SELECT customer_id FROM customer_erasures WHERE erased_at IS NULL ORDER BY requested_at LIMIT $1`,
    values: [limit],
  });
  return rows.map((row) => row.customer_id);
}
