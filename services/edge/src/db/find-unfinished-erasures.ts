import type { Pool } from '@florin/database';

/** Some customers whose wallets are being closed; at random, so that those who cannot be finished hold up nobody else. */
export async function findUnfinishedErasures(pool: Pool, limit: number): Promise<readonly string[]> {
  const { rows } = await pool.query<{ customer_id: string }>({
    name: 'find-unfinished-erasures',
    text: `SELECT customer_id FROM customer_erasures WHERE erased_at IS NULL ORDER BY random() LIMIT $1`,
    values: [limit],
  });
  return rows.map((row) => row.customer_id);
}
