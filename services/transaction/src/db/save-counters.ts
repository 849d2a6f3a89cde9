import type { Transaction } from '@florin/database';
import type { Counter } from '../domain/limits.js';
import { keyColumns } from './counter-row.js';

/** Writes counters as they are after a batch, which has held their locks since it read them. */
export async function saveCounters(tx: Transaction, counters: readonly Counter[]): Promise<void> {
  if (counters.length === 0) return;
  await tx.query({
    name: 'save-counters',
    text: `UPDATE limit_counters c SET day_ends_at = u.day_ends_at, amount = u.amount, count = u.count
             FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::timestamptz[], $6::bigint[], $7::int[])
                    AS u (owner_id, transaction_type, currency, scope, day_ends_at, amount, count)
            WHERE c.owner_id = u.owner_id AND c.transaction_type = u.transaction_type
              AND c.currency = u.currency AND c.scope = u.scope`,
    values: [
      ...keyColumns(counters),
      counters.map((counter) => new Date(counter.dayEndsAt)),
      counters.map((counter) => counter.amount),
      counters.map((counter) => counter.count),
    ],
  });
}
