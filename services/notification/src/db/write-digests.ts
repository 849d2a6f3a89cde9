import type { Transaction } from '@florin/database';
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
      digests.map(({ customerId }) => customerId),
      digests.map(({ fullAt }) => new Date(fullAt)),
      digests.map(({ dueAt }) => (dueAt === null ? null : new Date(dueAt))),
      digests.map(({ eventId }) => eventId),
      digests.map(({ movements }) => movements),
      digests.map(({ lines }) => JSON.stringify(lines)),
    ],
  });
}
