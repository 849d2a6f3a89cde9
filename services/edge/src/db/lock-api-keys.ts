import type { Transaction } from '@florin/database';

export interface LockedApiKey {
  readonly id: string;
  readonly name: string;
  readonly prefix: string;
  readonly keyHash: Buffer;
  readonly scopes: readonly string[];
  readonly expiresAt: number | null;
  readonly revokedAt: number | null;
  readonly previousKeyHash: Buffer | null;
  readonly previousExpiresAt: number | null;
  readonly version: number;
  readonly createdAt: Date;
  readonly createdBy: string;
  readonly lastUsedAt: Date | null;
}

interface Row {
  id: string;
  name: string;
  prefix: string;
  key_hash: Buffer;
  scopes: string[];
  expires_at: Date | null;
  revoked_at: Date | null;
  previous_key_hash: Buffer | null;
  previous_expires_at: Date | null;
  version: number;
  created_at: Date;
  created_by: string;
  last_used_at: Date | null;
}

/**
 * Locks keys until the commit, in ascending order of their ids, so that two operators who manage each other's keys wait
 * instead of deadlocking. A key that is revoked meanwhile is seen as revoked.
 */
export async function lockApiKeys(
  tx: Transaction,
  ids: readonly string[],
): Promise<ReadonlyMap<string, LockedApiKey>> {
  const { rows } = await tx.query<Row>({
    name: 'lock-api-keys',
    text: `SELECT id, name, prefix, key_hash, scopes, expires_at, revoked_at, previous_key_hash,
             previous_expires_at, version, created_at, created_by, last_used_at
           FROM api_keys WHERE id = ANY ($1::uuid[]) ORDER BY id FOR UPDATE`,
    values: [ids],
  });
  return new Map(
    rows.map((row) => [
      row.id,
      {
        ...{ id: row.id, name: row.name, prefix: row.prefix, keyHash: row.key_hash, scopes: row.scopes },
        expiresAt: row.expires_at?.getTime() ?? null,
        revokedAt: row.revoked_at?.getTime() ?? null,
        previousKeyHash: row.previous_key_hash,
        previousExpiresAt: row.previous_expires_at?.getTime() ?? null,
        version: row.version,
        createdAt: row.created_at,
        createdBy: row.created_by,
        lastUsedAt: row.last_used_at,
      },
    ]),
  );
}
