import type { Pool } from '@florin/database';

/** What a secret opens. */
export interface StoredApiKey {
  readonly id: string;
  readonly scopes: readonly string[];
  readonly expiresAt: number | null;
  /** Null for the secret of the key; the end of the overlap for the one before it. */
  readonly overlapEndsAt: number | null;
}

interface Row {
  hash: Buffer;
  id: string;
  scopes: string[];
  expires_at: Date | null;
  overlap_ends_at: Date | null;
}

/**
 * The keys that are not revoked behind hashes, by the hash in base64; one statement however many there are. Whether they
 * have expired is for the caller to say, who knows the time.
 */
export async function findApiKeys(
  pool: Pool,
  hashes: readonly Buffer[],
): Promise<ReadonlyMap<string, StoredApiKey>> {
  const { rows } = await pool.query<Row>({
    name: 'find-api-keys',
    text: `SELECT key_hash AS hash, id, scopes, expires_at, NULL::timestamptz AS overlap_ends_at
           FROM api_keys WHERE key_hash = ANY ($1::bytea[]) AND revoked_at IS NULL
           UNION ALL
           SELECT previous_key_hash, id, scopes, expires_at, previous_expires_at
           FROM api_keys WHERE previous_key_hash = ANY ($1::bytea[]) AND revoked_at IS NULL`,
    values: [hashes],
  });
  return new Map(
    rows.map((row) => [
      row.hash.toString('base64'),
      {
        id: row.id,
        scopes: row.scopes,
        expiresAt: row.expires_at?.getTime() ?? null,
        overlapEndsAt: row.overlap_ends_at?.getTime() ?? null,
      },
    ]),
  );
}
