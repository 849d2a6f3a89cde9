import type { Transaction } from '@florin/database';
import type { Counter, CounterKey } from '../domain/limits.js';
import { type CounterRow, counterColumns, counterOf, keyColumns } from './counter-row.js';

/**
 * Locks counters, those that are new included, so that limits hold whatever else is decided at the same time. In
 * ascending order of their key: two instances with the same counters wait for each other instead of deadlocking.
 */
export async function lockCounters(tx: Transaction, keys: readonly CounterKey[]): Promise<Counter[]> {
  const { rows } = await tx.query<CounterRow>({
    name: 'lock-counters',
    text: `INSERT INTO limit_counters AS c (owner_id, transaction_type, currency, scope, day_ends_at, amount, count)
           SELECT DISTINCT u.*, to_timestamp(0), 0, 0
             FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[]) AS u
            ORDER BY 1, 2, 3, 4
           ON CONFLICT (owner_id, transaction_type, currency, scope) DO UPDATE SET count = c.count
           RETURNING ${counterColumns}`,
    values: keyColumns(keys),
  });
  return rows.map(counterOf);
}
