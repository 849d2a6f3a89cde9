import type { Transaction } from '@florin/database';

/** Stores the first key; false when one was made from this hash before, whatever has become of it since. */
export async function insertInitialApiKey(
  tx: Transaction,
  key: { readonly id: string; readonly keyHash: Buffer; readonly createdAt: Date },
): Promise<boolean> {
  const { rowCount } = await tx.query({
    name: 'insert-initial-api-key',
    text: `INSERT INTO api_keys (id, name, prefix, key_hash, scopes, created_by, created_at, initial_key_hash)
           VALUES ($1, 'Initial key', 'flk_initial', $2, '{*}', 'service:edge', $3, $2)
           ON CONFLICT DO NOTHING`,
    values: [key.id, key.keyHash, key.createdAt],
  });
  return rowCount === 1;
}
