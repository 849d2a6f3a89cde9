import type { Messaging, UnitOfWork } from '@florin/messaging';
import { type ClaimedSubmission, claimIdempotencyKeys } from '../db/claim-idempotency-keys.js';
import { releaseIdempotencyKeys } from '../db/release-idempotency-keys.js';
import type { Accepted, InsertPending, Submission } from './submission.js';

/**
 * Makes a batch of requests durable in one transaction: keys claimed, pending rows inserted, commands in the outbox.
 * The number of statements does not depend on the size of the batch. Where all keys and all transactions are new, they go out together.
 */
export function commitSubmissions(
  messaging: Messaging,
  submissions: readonly Submission[],
): Promise<readonly Accepted[]> {
  return messaging.transaction((unit) => submit(unit, submissions), { expectsNew: true });
}

async function submit(unit: UnitOfWork, submissions: readonly Submission[]): Promise<readonly Accepted[]> {
  const claimed = submissions.filter((s): s is ClaimedSubmission => s.claim !== undefined);
  const verdicts = claimed.length > 0 ? await claimIdempotencyKeys(unit, claimed) : new Map();
  const accepted = submissions.filter((s) => (verdicts.get(s)?.kind ?? 'accepted') === 'accepted');
  const refused = await insertPendingRows(unit, accepted);
  // A refusal does not burn the key: the caller may send the same key again once the obstacle is gone.
  await releaseIdempotencyKeys(
    unit.tx,
    [...refused].flatMap(({ claim }) => claim ?? []),
  );
  for (const submission of accepted) if (!refused.has(submission)) submission.send(unit);
  return submissions.map((s) =>
    refused.has(s) ? { kind: 'exists' } : (verdicts.get(s) ?? { kind: 'accepted' }),
  );
}

/** Returns the submissions whose resource exists already. */
async function insertPendingRows(
  unit: UnitOfWork,
  submissions: readonly Submission[],
): Promise<ReadonlySet<Submission>> {
  const byStatement = new Map<InsertPending<unknown>, Submission[]>();
  for (const submission of submissions) {
    if (!submission.pending) continue;
    const { insert } = submission.pending;
    const group = byStatement.get(insert);
    if (group) group.push(submission);
    else byStatement.set(insert, [submission]);
  }
  const refused = new Set<Submission>();
  for (const [insert, group] of byStatement) {
    const inserted = new Set(
      await insert(
        unit,
        group.map((s) => s.pending?.row),
      ),
    );
    // One row, one winner: a second request for the same id in this batch finds it taken.
    for (const submission of group) if (!inserted.delete(submission.resource.id)) refused.add(submission);
  }
  return refused;
}
