import type { Database } from '@florin/database';
import type { KeyedCallId } from './claim-keyed-call.js';

/**
 * Gives back the key of a call that was refused, so that its caller may use it again; false when the call has changed
 * something all the same, such as ending the session of a stolen token: it must not be run again.
 */
export async function releaseKeyedCall(
  database: Database,
  { caller, route, keyHash }: KeyedCallId,
  runId: string,
): Promise<boolean> {
  const { rowCount } = await database.pool.query({
    name: 'release-keyed-call',
    text: `DELETE FROM keyed_calls
           WHERE caller = $1 AND route = $2 AND key_hash = $3 AND run_id = $4 AND NOT took_effect`,
    values: [caller, route, keyHash, runId],
  });
  return rowCount === 1;
}
