import type { Database } from '@florin/database';
import { notFound, Problem } from '@florin/http';
import type { Clock } from '@florin/observability';
import { appendOperatorActions } from '../db/append-operator-actions.js';
import { findRevision } from '../db/find-revision.js';
import { lockDeadLetter } from '../db/lock-dead-letter.js';
import { markRevisionApproved } from '../db/mark-revision-approved.js';
import { requireSecondApprover } from './require-second-approver.js';

/**
 * Approves the newest revision of a dead letter. Money takes two: the author of a revision cannot approve it, nor can a
 * key of the same line.
 * @throws Problem 404, 403 `second-approver-required`, 409 when the revision is not what awaits approval
 */
export function approveRevision(
  { database, clock }: { readonly database: Database; readonly clock: Clock },
  approval: {
    readonly deadLetterId: string;
    readonly revision: number;
    readonly actor: string;
    readonly reason: string | null;
  },
): Promise<void> {
  const { deadLetterId, revision, actor, reason } = approval;
  return database.transaction(async (tx) => {
    const letter = await lockDeadLetter(tx, deadLetterId);
    const stored = await findRevision(tx, deadLetterId, revision);
    if (!stored) throw notFound('revision');
    if (letter.status !== 'pending') {
      throw new Problem(409, 'dead-letter-not-pending', `Dead letter ${deadLetterId} is ${letter.status}.`);
    }
    if (letter.revision !== revision) {
      throw new Problem(409, 'stale-revision', `Revision ${letter.revision} is newer than ${revision}.`);
    }
    if (letter.approvedRevision === revision) {
      throw new Problem(409, 'revision-approved', `Revision ${revision} is approved already.`);
    }
    await requireSecondApprover(tx, stored.createdBy, actor);
    const occurredAt = new Date(clock.now());
    await markRevisionApproved(tx, { deadLetterId, revision, approvedBy: actor, approvedAt: occurredAt });
    const detail = { revision, messageId: stored.messageId, createdBy: stored.createdBy };
    await appendOperatorActions(tx, [
      { actor, action: 'revision.approve', subject: deadLetterId, reason, detail, occurredAt },
    ]);
  });
}
