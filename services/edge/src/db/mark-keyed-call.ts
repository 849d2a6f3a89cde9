import type { Transaction } from '@florin/database';
import type { KeyedCallId } from './claim-keyed-call.js';

export interface KeyedCallMark {
  readonly runId: string;
  /** Messages are sent that are not in the outbox yet. */
  readonly sends: boolean;
  /** The sealed answer, when it is known already: it then commits together with the effect and cannot be lost. */
  readonly answer: Buffer | undefined;
  /** Whom the answer is about. */
  readonly customerId: string | undefined;
}

/**
 * Says at the end of a transaction that the call has taken effect, unless the transaction has changed nothing: what only
 * looked and refused must not burn the key. False when another run holds the claim, so that this one must not commit.
 * Whoever takes the claim over waits for the lock on its row from here to the end of the commit.
 */
export async function markKeyedCall(
  tx: Transaction,
  { caller, route, keyHash }: KeyedCallId,
  { runId, sends, answer, customerId }: KeyedCallMark,
): Promise<boolean> {
  const { rows } = await tx.query<{ wrote: boolean; marked: boolean }>({
    name: 'mark-keyed-call',
    text: `
      WITH state AS MATERIALIZED (
        SELECT $7 OR pg_current_xact_id_if_assigned() IS NOT NULL AS wrote
      ), marked AS (
        UPDATE keyed_calls
        SET took_effect = true, answer = coalesce($5, answer), customer_id = coalesce($6::uuid, customer_id)
        FROM state
        WHERE state.wrote AND caller = $1 AND route = $2 AND key_hash = $3 AND run_id = $4 AND answer IS NULL
        RETURNING 1
      )
      SELECT wrote, EXISTS (SELECT 1 FROM marked) AS marked FROM state`,
    values: [caller, route, keyHash, runId, answer ?? null, customerId ?? null, sends],
  });
  return rows.every(({ wrote, marked }) => marked || !wrote);
}
