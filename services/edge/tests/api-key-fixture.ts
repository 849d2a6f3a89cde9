import { createApiKey } from '@florin/contracts';
import { v7 as uuidv7 } from 'uuid';
import { type Any, admin, type EdgeFixture } from './edge-fixture.js';

export interface StoredKey {
  readonly id: string;
  readonly key: string;
}

/** Puts a key into the database, past the API. */
export async function storeApiKey(
  pool: EdgeFixture['pool'],
  scopes: readonly string[],
  more: {
    readonly expiresAt?: Date | null;
    readonly revokedAt?: Date | null;
    readonly createdAt?: Date;
  } = {},
): Promise<StoredKey> {
  const id = uuidv7();
  const { key, prefix, hash } = createApiKey();
  const { expiresAt = null, revokedAt = null, createdAt = new Date() } = more;
  await pool.query(
    `INSERT INTO api_keys (id, name, prefix, key_hash, scopes, created_at, expires_at, revoked_at)
     VALUES ($1, 'test', $2, $3, $4, $5, $6, $7)`,
    [id, prefix, hash, scopes, createdAt, expiresAt, revokedAt],
  );
  return { id, key };
}

/** Creates a key over the API; fails unless that works. */
export async function newApiKey(
  edge: EdgeFixture,
  scopes: readonly string[],
  options: { readonly token?: string; readonly expiresAt?: string | null } = {},
): Promise<Any> {
  const { token = admin, ...rest } = options;
  const answer = await edge.call('POST', '/v1/api-keys', {
    token,
    body: { name: 'Partner', scopes, ...rest },
  });
  if (answer.status !== 201) throw new Error(`no key: ${answer.status} ${answer.text}`);
  return answer.body;
}
