import {
  arrayLiteral,
  type Transaction,
  textArrayLiteral,
  timestampArrayLiteral,
  uuidArray,
} from '@florin/database';
import type { Digest } from '../domain/movement-digest.js';
import type { Notice } from '../domain/movement-notice.js';

export interface DigestToWrite {
  readonly digest: Digest;
  /** What comes to its lines; those of a digest without movements go. */
  readonly lines: readonly Notice[];
}

/**
 * Stores what is kept of customers whose rows are locked. The lines of a busy customer are some kilobytes and soon stay what they
 * are: left alone, they are neither read nor written. With them this statement took longer than the commit behind it.
 */
export async function writeDigests(tx: Transaction, toWrite: readonly DigestToWrite[]): Promise<void> {
  if (toWrite.length === 0) return;
  const digests = toWrite.map(({ digest }) => digest);
  await tx.query({
    name: 'write-movement-digests',
    text: `UPDATE movement_digests d
              SET full_at = u.full_at, due_at = u.due_at, event_id = u.event_id, movements = u.movements,
                  lines = CASE WHEN u.movements = 0 THEN '[]' WHEN u.lines IS NULL THEN d.lines ELSE d.lines || u.lines END
             FROM unnest($1::uuid[], $2::timestamptz[], $3::timestamptz[], $4::uuid[], $5::int[], $6::jsonb[])
                  AS u (customer_id, full_at, due_at, event_id, movements, lines)
            WHERE d.customer_id = u.customer_id`,
    values: [
      uuidArray(digests.map(({ customerId }) => customerId)),
      timestampArrayLiteral(digests.map(({ fullAt }) => fullAt)),
      timestampArrayLiteral(digests.map(({ dueAt }) => dueAt)),
      uuidArray(digests.map(({ eventId }) => eventId)),
      arrayLiteral(digests.map(({ movements }) => movements)),
      textArrayLiteral(toWrite.map(({ lines }) => (lines.length > 0 ? JSON.stringify(lines) : null))),
    ],
  });
}
