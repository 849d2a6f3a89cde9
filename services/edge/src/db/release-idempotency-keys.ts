import type { Transaction } from '@florin/database';
import type { IdempotencyClaim } from '../ingress/submission.js';

/** Gives back the keys of requests that were refused in the very transaction that claimed them. */
export async function releaseIdempotencyKeys(
  tx: Transaction,
  claims: readonly IdempotencyClaim[],
): Promise<void> {
  if (claims.length === 0) return;
  await tx.query({
    name: 'release-idempotency-keys',
    text: `DELETE FROM idempotency_keys AS k
           USING unnest($1::text[], $2::text[], $3::text[]) AS given (caller, route, key)
           WHERE (k.caller, k.route, k.key) = (given.caller, given.route, given.key)`,
    values: [claims.map((c) => c.caller), claims.map((c) => c.route), claims.map((c) => c.key)],
  });
}
