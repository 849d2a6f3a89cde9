import {
  arrayLiteral,
  type Transaction,
  textArrayLiteral,
  timestampArrayLiteral,
  uuidArray,
} from '@florin/database';
import type { Digest } from '../domain/movement-digest.js';

/** Stores what is kept of customers whose rows are locked. */
export async function writeDigests(tx: Transaction, digests: readonly Digest[]): Promise<void> {
  if (digests.length === 0) return;
  await tx.query({
    name: 'write-movement-digests',
    text: `UPDATE movement_digests d
              SET full_at = u.full_at, due_at = u.due_at, event_id = u.event_id, movements = u.movements,
                  lines = u.lines
             FROM unnest($1::uuid[], $2::timestamptz[], $3::timestamptz[], $4::uuid[], $5::int[], $6::jsonb[])
                  AS u (customer_id, full_at, due_at, event_id, movements, lines)
            WHERE d.customer_id = u.customer_id`,
    values: [
      uuidArray(digests.map(({ customerId }) => customerId)),
      timestampArrayLiteral(digests.map(({ fullAt }) => fullAt)),
      timestampArrayLiteral(digests.map(({ dueAt }) => dueAt)),
      uuidArray(digests.map(({ eventId }) => eventId)),
      arrayLiteral(digests.map(({ movements }) => movements)),
      textArrayLiteral(digests.map(({ lines }) => JSON.stringify(lines))),
    ],
  });
}
