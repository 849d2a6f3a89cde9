import type { Counter, CounterKey } from '../domain/limits.js';

/** A counter as the driver returns it when it selects `counterColumns`. */
export type CounterRow = Omit<Counter, 'dayEndsAt'> & { readonly dayEndsAt: Date };

export const counterColumns = `
  c.owner_id AS "ownerId", c.transaction_type AS "transactionType", c.currency, c.scope,
  c.day_ends_at AS "dayEndsAt", c.amount, c.count`;

export function counterOf(row: CounterRow): Counter {
  return { ...row, dayEndsAt: row.dayEndsAt.getTime() };
}

/** Keys as four arrays for `unnest($1::uuid[], $2::text[], $3::text[], $4::text[])`. */
export function keyColumns(keys: readonly CounterKey[]): unknown[] {
  return [
    keys.map((key) => key.ownerId),
    keys.map((key) => key.transactionType),
    keys.map((key) => key.currency),
    keys.map((key) => key.scope),
  ];
}
