import { type Transaction, uuidArray } from '@florin/database';
import type { Digest } from '../domain/movement-digest.js';
import { type DigestRow, digestColumns, digestOf } from './digest-row.js';

/**
 * Locks what is kept of customers, in ascending order, and returns it. Who is new gets his row first, in the same order:
 * two instances that meet wait for each other.
 */
export async function lockDigests(
  tx: Transaction,
  customerIds: readonly string[],
  now: number,
): Promise<Digest[]> {
  if (customerIds.length === 0) return [];
  const ids = uuidArray(customerIds);
  const inserted = tx.query({
    name: 'insert-movement-digests',
    text: `INSERT INTO movement_digests (customer_id, full_at)
           SELECT wanted.id, $2 FROM unnest($1::uuid[]) AS wanted (id)
            WHERE NOT EXISTS (SELECT 1 FROM movement_digests known WHERE known.customer_id = wanted.id)
            ORDER BY wanted.id
           ON CONFLICT DO NOTHING`,
    values: [ids, new Date(now)],
  });
  const locked = tx.query<DigestRow>({
    name: 'lock-movement-digests',
    text: `SELECT ${digestColumns} FROM movement_digests
            WHERE customer_id = ANY($1::uuid[]) ORDER BY customer_id FOR UPDATE`,
    values: [ids],
  });
  // In one round trip, and one after the other all the same.
  const [, { rows }] = await Promise.all([inserted, locked]);
  return rows.map(digestOf);
}
