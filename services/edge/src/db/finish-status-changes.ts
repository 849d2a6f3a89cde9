import type { Transaction } from '@florin/database';

export interface FinishedStatusChange {
  readonly id: string;
  /** Null for a change that was made. */
  readonly refusalReason: string | null;
}

/** Ends requests for another status. One that is unknown was made by another installation or forgotten: it is skipped. */
export async function finishStatusChanges(
  tx: Transaction,
  changes: readonly FinishedStatusChange[],
): Promise<void> {
  if (changes.length === 0) return;
  await tx.query({
    name: 'finish-status-changes',
    text: `UPDATE status_changes AS c
           SET status = CASE WHEN r.reason IS NULL THEN 'done' ELSE 'refused' END, refusal_reason = r.reason
           FROM unnest($1::uuid[], $2::text[]) AS r (id, reason)
           WHERE c.id = r.id AND c.status = 'pending'`,
    values: [changes.map((change) => change.id), changes.map((change) => change.refusalReason)],
  });
}
