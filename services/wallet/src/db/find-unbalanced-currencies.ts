import type { Database } from '@florin/database';

/** Currencies whose accounts do not sum to zero, with what they sum to. One statement: one moment. */
export async function findUnbalancedCurrencies(
  database: Database,
): Promise<readonly { readonly currency: string; readonly sum: string }[]> {
  const { rows } = await database.pool.query<{ currency: string; sum: string }>(
    'SELECT currency, sum(posted)::text AS sum FROM wallets GROUP BY currency HAVING sum(posted) <> 0',
  );
  return rows;
}
