import type { Transaction } from '@florin/database';
import type { WaitingDigest } from '../domain/movement-digest.js';
import type { Notice } from '../domain/movement-notice.js';
import { type DigestRow, digestColumns, digestOf } from './digest-row.js';

/** Locks digests that are due; those that another instance has locked are left to it. */
export async function lockDueDigests(tx: Transaction, now: Date, limit: number): Promise<WaitingDigest[]> {
  const { rows } = await tx.query<DigestRow & { readonly lines: readonly Notice[] }>({
    name: 'lock-due-movement-digests',
    text: `SELECT ${digestColumns}, lines FROM movement_digests
            WHERE due_at <= $1 ORDER BY due_at LIMIT $2 FOR UPDATE SKIP LOCKED`,
    values: [now, limit],
  });
  return rows.map((row) => ({ ...digestOf(row), lines: row.lines }));
}
