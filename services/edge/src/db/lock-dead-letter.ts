import type { Transaction } from '@florin/database';
import { notFound } from '@florin/http';

export interface LockedDeadLetter {
  readonly id: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly status: string;
  readonly messageName: string | null;
  readonly payload: unknown;
  readonly revision: number;
  readonly approvedRevision: number;
  readonly discardedBy: string | null;
  readonly discardReason: string | null;
}

/**
 * Locks a dead letter until the end of the transaction, so that it is discarded, edited or replayed, not two of these.
 * @throws Problem 404
 */
export async function lockDeadLetter(tx: Transaction, id: string): Promise<LockedDeadLetter> {
  const { rows } = await tx.query<LockedDeadLetter>({
    name: 'lock-dead-letter',
    text: `SELECT id, topic, partition, record_offset AS "offset", status, message_name AS "messageName", payload,
             revision, approved_revision AS "approvedRevision", discarded_by AS "discardedBy",
             discard_reason AS "discardReason"
           FROM dead_letters WHERE id = $1 FOR UPDATE`,
    values: [id],
  });
  if (!rows[0]) throw notFound('dead letter');
  return rows[0];
}
