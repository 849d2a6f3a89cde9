import type { Database } from '@florin/database';
import type { KeyedCallId } from './claim-keyed-call.js';

/**
 * Ends a run that failed without saying whether it had its effect: the key is given back if it had none; if it had, repeats
 * hear at once that the answer is lost. A transaction whose COMMIT was not answered may still be at it; its lock on the row
 * makes this statement wait until that is decided.
 */
export async function abandonKeyedCall(
  database: Database,
  { caller, route, keyHash }: KeyedCallId,
  run: { readonly runId: string; readonly now: number },
): Promise<void> {
  const { runId, now } = run;
  const released = await database.pool.query({
    name: 'abandon-keyed-call',
    text: `DELETE FROM keyed_calls
           WHERE caller = $1 AND route = $2 AND key_hash = $3 AND run_id = $4 AND NOT took_effect`,
    values: [caller, route, keyHash, runId],
  });
  if (released.rowCount === 1) return;
  await database.pool.query({
    name: 'end-keyed-call',
    text: `UPDATE keyed_calls SET answer_due_at = $5
           WHERE caller = $1 AND route = $2 AND key_hash = $3 AND run_id = $4 AND answer IS NULL`,
    values: [caller, route, keyHash, runId, new Date(now)],
  });
}
