import type { Transaction } from '@florin/database';
import type { KeyedCallId } from './claim-keyed-call.js';

/**
 * Says in the transaction that changes something that the call has taken effect; false when another run holds its claim, so
 * that this one must not commit.
 */
export async function markKeyedCall(
  tx: Transaction,
  { caller, route, keyHash }: KeyedCallId,
  runId: string,
): Promise<boolean> {
  const { rowCount } = await tx.query({
    name: 'mark-keyed-call',
    text: `UPDATE keyed_calls SET took_effect = true
           WHERE caller = $1 AND route = $2 AND key_hash = $3 AND run_id = $4 AND answer IS NULL`,
    values: [caller, route, keyHash, runId],
  });
  return rowCount === 1;
}
