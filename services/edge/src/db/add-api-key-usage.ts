import type { Transaction } from '@florin/database';

/** Calls of one key on one day that are not in the table yet. */
export interface KeyUse {
  readonly keyId: string;
  /** `2026-11-21`, in UTC. */
  readonly day: string;
  readonly requests: number;
  readonly refused: number;
  readonly lastUsedAt: Date;
}

/**
 * Adds what was counted in memory: two statements, whatever the number of calls and keys. Rows are locked in
 * ascending order, as other edges do and as keys are managed. The commit is asynchronous: a crash of PostgreSQL may lose
 * the last count, as a crash of the edge may.
 */
export async function addApiKeyUsage(tx: Transaction, uses: readonly KeyUse[]): Promise<void> {
  const sorted = [...uses].sort((a, b) => (a.keyId + a.day < b.keyId + b.day ? -1 : 1));
  const ids = sorted.map(({ keyId }) => keyId);
  await tx.query('SET LOCAL synchronous_commit TO off');
  await tx.query({
    name: 'touch-api-keys',
    text: `WITH used AS (
             SELECT id, max(at) AS at FROM unnest($1::uuid[], $2::timestamptz[]) AS u (id, at) GROUP BY id
           ), locked AS (
             SELECT k.id FROM api_keys AS k JOIN used USING (id) ORDER BY k.id FOR UPDATE OF k
           )
           UPDATE api_keys AS k SET last_used_at = greatest(k.last_used_at, used.at)
           FROM used JOIN locked USING (id) WHERE k.id = used.id`,
    values: [ids, sorted.map(({ lastUsedAt }) => lastUsedAt)],
  });
  await tx.query({
    name: 'add-api-key-usage',
    text: `INSERT INTO api_key_usage AS u (api_key_id, day, requests, refused)
           SELECT * FROM unnest($1::uuid[], $2::date[], $3::bigint[], $4::bigint[])
           ON CONFLICT (api_key_id, day) DO UPDATE
             SET requests = u.requests + EXCLUDED.requests, refused = u.refused + EXCLUDED.refused`,
    values: [
      ids,
      sorted.map(({ day }) => day),
      sorted.map(({ requests }) => requests),
      sorted.map(({ refused }) => refused),
    ],
  });
}
