import type { Transaction } from '@florin/database';
import type { Change } from '../domain/revision.js';

export interface NewRevision {
  readonly deadLetterId: string;
  readonly revision: number;
  readonly messageId: string;
  readonly payload: unknown;
  readonly value: Buffer;
  readonly diff: readonly Change[];
  readonly reason: string;
  readonly createdBy: string;
  readonly createdAt: Date;
  readonly needsSecondApprover: boolean;
}

/** Adds the next revision of a locked dead letter. One that needs no second approver is approved by its author. */
export async function insertRevision(tx: Transaction, revision: NewRevision): Promise<void> {
  const approved = !revision.needsSecondApprover;
  await tx.query({
    name: 'insert-revision',
    text: `WITH letter AS (
             UPDATE dead_letters
             SET revision = $2, approved_revision = CASE WHEN $11 THEN approved_revision ELSE $2 END
             WHERE id = $1
           )
           INSERT INTO dead_letter_revisions
             (dead_letter_id, revision, message_id, payload, value, diff, reason, created_by, created_at,
              approved_by, needs_second_approver, approved_at)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
    values: [
      revision.deadLetterId,
      revision.revision,
      revision.messageId,
      JSON.stringify(revision.payload),
      revision.value,
      JSON.stringify(revision.diff),
      revision.reason,
      revision.createdBy,
      revision.createdAt,
      approved ? revision.createdBy : null,
      revision.needsSecondApprover,
      approved ? revision.createdAt : null,
    ],
  });
}
