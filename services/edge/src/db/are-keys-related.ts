import type { Transaction } from '@florin/database';

/** True when one of two actors is an API key that the other has created, directly or through keys in between. */
export async function areKeysRelated(tx: Transaction, actors: readonly [string, string]): Promise<boolean> {
  const { rows } = await tx.query<{ related: boolean }>({
    name: 'are-keys-related',
    text: `WITH RECURSIVE line (id, created_by) AS (
             SELECT id, created_by FROM api_keys WHERE 'key:' || id = ANY($1::text[])
             UNION
             SELECT k.id, k.created_by FROM line JOIN api_keys k ON 'key:' || k.id = line.created_by
           )
           SELECT EXISTS (SELECT FROM line WHERE created_by = ANY($1::text[])) AS related`,
    values: [actors],
  });
  return rows[0]!.related;
}
