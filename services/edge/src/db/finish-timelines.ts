import { type Transaction, textArrayLiteral, uuidArray } from '@florin/database';
import { completedAhead } from './completed-ahead.js';
import type { ProjectedOutcome } from './project-outcomes.js';

/**
 * Adds the messages that led to the outcome to the timelines of transactions that are completed already, and returns the ids of those
 * that lacked them. What is pending, or unknown, stays as it is.
 */
export async function finishTimelines(
  tx: Transaction,
  outcomes: readonly ProjectedOutcome[],
): Promise<ReadonlySet<string>> {
  if (outcomes.length === 0) return new Set();
  const { rows } = await tx.query<{ id: string }>({
    name: 'finish-timelines',
    text: `UPDATE transactions SET hops = hops || u.added
             FROM unnest($1::uuid[], $2::jsonb[]) AS u (transaction, added)
            WHERE id = u.transaction AND ${completedAhead}
        RETURNING id`,
    values: [
      uuidArray(outcomes.map(({ event }) => event.transactionId)),
      textArrayLiteral(outcomes.map(({ event, hop }) => JSON.stringify([...event.hops, hop]))),
    ],
  });
  return new Set(rows.map(({ id }) => id));
}
