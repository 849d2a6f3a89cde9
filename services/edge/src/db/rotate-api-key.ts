import type { Transaction } from '@florin/database';

export interface Rotation {
  readonly id: string;
  readonly prefix: string;
  readonly keyHash: Buffer;
  /** Null ends the secret before this one at once. */
  readonly overlapEndsAt: Date | null;
  readonly expiresAt: Date | null;
  readonly warnedDays: number | null;
}

/** Gives a locked key another secret. */
export async function rotateApiKey(tx: Transaction, rotation: Rotation): Promise<void> {
  const { id, prefix, keyHash, overlapEndsAt, expiresAt, warnedDays } = rotation;
  await tx.query({
    name: 'rotate-api-key',
    text: `UPDATE api_keys SET
             previous_prefix = CASE WHEN $4::timestamptz IS NULL THEN NULL ELSE prefix END,
             previous_key_hash = CASE WHEN $4::timestamptz IS NULL THEN NULL ELSE key_hash END,
             previous_expires_at = $4,
             prefix = $2, key_hash = $3, expires_at = $5, warned_days = $6, version = version + 1
           WHERE id = $1`,
    values: [id, prefix, keyHash, overlapEndsAt, expiresAt, warnedDays],
  });
}
