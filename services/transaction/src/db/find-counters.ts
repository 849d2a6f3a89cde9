import type { Transaction } from '@florin/database';
import type { Counter, CounterKey } from '../domain/limits.js';
import { type CounterRow, counterOf, keyColumns } from './counter-row.js';

/** Counters as they are at this moment, less what was given back; nothing is locked. Enough to say what would happen. */
export async function findCounters(tx: Transaction, keys: readonly CounterKey[]): Promise<Counter[]> {
  const { rows } = await tx.query<CounterRow>({
    name: 'find-counters',
    text: `SELECT c.owner_id AS "ownerId", c.transaction_type AS "transactionType", c.currency, c.scope,
                  c.day_ends_at AS "dayEndsAt", c.amount - coalesce(r.amount, 0)::bigint AS amount,
                  c.count - coalesce(r.count, 0)::int AS count
             FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[])
                    AS u (owner_id, transaction_type, currency, scope)
                  JOIN limit_counters c USING (owner_id, transaction_type, currency, scope)
                  LEFT JOIN LATERAL (
                    SELECT sum(l.amount) AS amount, count(*) AS count FROM limit_returns l
                     WHERE l.owner_id = c.owner_id AND l.transaction_type = c.transaction_type
                       AND l.currency = c.currency AND l.scope = c.scope AND l.day_ends_at = c.day_ends_at) AS r
                    ON true`,
    values: keyColumns(keys),
  });
  return rows.map(counterOf);
}
