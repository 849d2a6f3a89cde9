import type { Transaction } from '@florin/database';

/** Ends a locked key with both of its secrets. */
export async function revokeApiKey(
  tx: Transaction,
  { id, revokedBy, revokedAt }: { readonly id: string; readonly revokedBy: string; readonly revokedAt: Date },
): Promise<void> {
  await tx.query({
    name: 'revoke-api-key',
    text: `UPDATE api_keys SET revoked_at = $3, revoked_by = $2, version = version + 1,
             previous_prefix = NULL, previous_key_hash = NULL, previous_expires_at = NULL
           WHERE id = $1`,
    values: [id, revokedBy, revokedAt],
  });
}
