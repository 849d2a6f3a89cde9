import type { Database } from '@florin/database';
import type { Accepted, IdempotencyClaim } from '../ingress/submission.js';
import { judge, type StoredClaim } from './claim-idempotency-keys.js';

/** What an earlier request under this key allows a repeat to do; undefined when there was none. */
export async function findIdempotencyKey(
  database: Database,
  claim: IdempotencyClaim,
  now: number,
): Promise<Accepted | undefined> {
  const { rows } = await database.pool.query<StoredClaim>({
    name: 'find-idempotency-key',
    text: `SELECT request_hash, resource_kind, resource_id, answer_due_at, status, location, body
           FROM idempotency_keys WHERE caller = $1 AND route = $2 AND key = $3`,
    values: [claim.caller, claim.route, claim.key],
  });
  return rows[0] && judge(rows[0], { claim, claimedAt: now });
}
