import type { Transaction } from '@florin/database';

/** From now on a replay sends this revision of a locked dead letter. */
export async function markRevisionApproved(
  tx: Transaction,
  approval: {
    readonly deadLetterId: string;
    readonly revision: number;
    readonly approvedBy: string;
    readonly approvedAt: Date;
  },
): Promise<void> {
  await tx.query({
    name: 'mark-revision-approved',
    text: `WITH letter AS (UPDATE dead_letters SET approved_revision = $2 WHERE id = $1)
           UPDATE dead_letter_revisions SET approved_by = $3, approved_at = $4
           WHERE dead_letter_id = $1 AND revision = $2`,
    values: [approval.deadLetterId, approval.revision, approval.approvedBy, approval.approvedAt],
  });
}
