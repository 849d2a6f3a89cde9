import type { Hop, TransactionStalled } from '@florin/contracts';
import type { Transaction } from '@florin/database';
import { completedAhead } from './completed-ahead.js';

/** What is kept of the way of a transaction besides its first hop, however long it stays overdue. */
const lastHops = 20;

/**
 * Marks transactions as overdue that the transaction service has not ended, transfers that are completed here included. A transaction
 * that no call of the edge has started is shown when it has ended. At most one event for each transaction.
 */
export async function projectStalls(
  tx: Transaction,
  stalls: readonly { readonly event: TransactionStalled; readonly hop: Hop }[],
): Promise<void> {
  await tx.query({
    name: 'project-stalls',
    text: `UPDATE transactions t
              SET stalled_since = coalesce(t.stalled_since, u.since), stall_attempts = greatest(t.stall_attempts, u.attempts),
                  waiting_for = u.waiting,
                  hops = (SELECT jsonb_agg(h.hop ORDER BY h.n)
                            FROM jsonb_array_elements(t.hops || u.added) WITH ORDINALITY AS h (hop, n)
                           WHERE h.n = 1 OR h.n > jsonb_array_length(t.hops || u.added) - $6)
             FROM unnest($1::uuid[], $2::timestamptz[], $3::int[], $4::text[], $5::jsonb[])
                    AS u (overdue, since, attempts, waiting, added)
            WHERE t.id = u.overdue AND (t.status = 'pending' OR ${completedAhead})`,
    values: [
      stalls.map(({ event }) => event.transactionId),
      stalls.map(({ event }) => new Date(event.since)),
      stalls.map(({ event }) => event.attempts),
      stalls.map(({ event }) => event.waitingFor),
      stalls.map(({ event, hop }) => JSON.stringify([...event.hops, hop])),
      lastHops,
    ],
  });
}
