import type { Database } from '@florin/database';
import type { Accepted, IdempotencyClaim } from '../ingress/submission.js';
import { identityOf, judge, selectClaims } from './claim-idempotency-keys.js';

/** What an earlier request under this key allows a repeat to do; undefined when there was none. */
export async function findIdempotencyKey(
  database: Database,
  claim: IdempotencyClaim,
  now: number,
): Promise<Accepted | undefined> {
  const known = (await selectClaims(database.pool, [claim])).get(identityOf(claim));
  return known && judge(known, { claim, claimedAt: now });
}
