import type { Transaction } from '@florin/database';
import type { Counter, CounterKey } from '../domain/limits.js';
import { type CounterRow, counterColumns, counterOf, keyColumns } from './counter-row.js';

/**
 * What transactions that moved nothing have given back to counters, taken for good, so it has to be subtracted in the
 * same transaction. Only under the lock of the counters: nobody else takes the same.
 */
export async function takeReturnedShares(tx: Transaction, keys: readonly CounterKey[]): Promise<Counter[]> {
  const { rows } = await tx.query<CounterRow>({
    name: 'take-returned-shares',
    text: `WITH c AS (
             DELETE FROM limit_returns r
              USING (SELECT DISTINCT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[])
                       AS k (owner_id, transaction_type, currency, scope)) AS u
              WHERE r.owner_id = u.owner_id AND r.transaction_type = u.transaction_type
                AND r.currency = u.currency AND r.scope = u.scope
             RETURNING r.owner_id, r.transaction_type, r.currency, r.scope, r.day_ends_at, r.amount, 1 AS count)
           SELECT ${counterColumns} FROM c`,
    values: keyColumns(keys),
  });
  return rows.map(counterOf);
}
