import type { Transaction } from '@florin/database';

export interface ApiKeyToStore {
  readonly id: string;
  readonly name: string;
  readonly prefix: string;
  readonly keyHash: Buffer;
  readonly scopes: readonly string[];
  readonly createdBy: string;
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
  /** Warnings from this one on are not due any more. */
  readonly warnedDays: number | null;
}

export async function insertApiKey(tx: Transaction, key: ApiKeyToStore): Promise<void> {
  await tx.query({
    name: 'insert-api-key',
    text: `INSERT INTO api_keys
             (id, name, prefix, key_hash, scopes, created_by, created_at, expires_at, warned_days)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    values: [
      key.id,
      key.name,
      key.prefix,
      key.keyHash,
      key.scopes,
      key.createdBy,
      key.createdAt,
      key.expiresAt,
      key.warnedDays,
    ],
  });
}
