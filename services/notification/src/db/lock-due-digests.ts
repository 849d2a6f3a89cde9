import type { Transaction } from '@florin/database';
import type { Digest } from '../domain/movement-digest.js';
import { type DigestRow, digestColumns, digestOf } from './digest-row.js';

/** Locks digests that are due; those that another instance has locked are left to it. */
export async function lockDueDigests(tx: Transaction, now: Date, limit: number): Promise<Digest[]> {
  const { rows } = await tx.query<DigestRow>({
    name: 'lock-due-movement-digests',
    text: `SELECT ${digestColumns} FROM movement_digests
            WHERE due_at <= $1 ORDER BY due_at LIMIT $2 FOR UPDATE SKIP LOCKED`,
    values: [now, limit],
  });
  return rows.map(digestOf);
}
