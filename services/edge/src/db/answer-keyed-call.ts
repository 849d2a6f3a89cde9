import type { Database } from '@florin/database';
import type { KeyedCallId } from './claim-keyed-call.js';

/** Keeps the answer of a run for its repeats, if it still holds the claim. */
export async function answerKeyedCall(
  database: Database,
  { caller, route, keyHash }: KeyedCallId,
  run: { readonly runId: string; readonly answer: Buffer },
): Promise<void> {
  await database.pool.query({
    name: 'answer-keyed-call',
    text: `UPDATE keyed_calls SET answer = $5
           WHERE caller = $1 AND route = $2 AND key_hash = $3 AND run_id = $4 AND answer IS NULL`,
    values: [caller, route, keyHash, run.runId, run.answer],
  });
}
