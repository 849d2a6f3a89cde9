import type { Adjustment } from '@florin/contracts';
import type { Transaction } from '@florin/database';
import { type BreakRow, breakColumns } from './reconciliation-break-row.js';

export interface Proposal {
  readonly breakId: string;
  readonly reason: string;
  /** Null to accept the difference. */
  readonly adjustment: Adjustment | null;
  /** It is accepted at once, without a second operator. */
  readonly isFinal: boolean;
  readonly actor: string | null;
  readonly now: Date;
}

/** Undefined when the break is being adjusted or is resolved already. A proposal replaces the one before. */
export async function proposeResolution(tx: Transaction, proposal: Proposal): Promise<BreakRow | undefined> {
  const { rows } = await tx.query<BreakRow>({
    name: 'propose-resolution',
    text: `UPDATE reconciliation_breaks b
              SET status = CASE WHEN $6 THEN 'resolved' ELSE 'proposed' END,
                  resolution = CASE WHEN $6 THEN 'accepted' END,
                  resolved_at = CASE WHEN $6 THEN $5::timestamptz END,
                  reason = $2, adjustment = $3::jsonb, proposed_by = $4, refusal_reason = NULL, version = version + 1
            WHERE b.id = $1 AND b.status IN ('open', 'proposed')
        RETURNING ${breakColumns}`,
    values: [
      proposal.breakId,
      proposal.reason,
      proposal.adjustment && JSON.stringify(proposal.adjustment),
      proposal.actor,
      proposal.now,
      proposal.isFinal,
    ],
  });
  return rows[0];
}

export interface Approval {
  readonly breakId: string;
  /** The proposal that was seen: a later one is not approved with it. */
  readonly version: number;
  readonly actor: string | null;
  /** For the correction, if there is one. */
  readonly adjustmentTransactionId: string;
  readonly now: Date;
}

/** Undefined when that proposal is not there any more, or when its author approves it. */
export async function approveResolution(tx: Transaction, approval: Approval): Promise<BreakRow | undefined> {
  const { rows } = await tx.query<BreakRow>({
    name: 'approve-resolution',
    text: `UPDATE reconciliation_breaks b
              SET status = CASE WHEN adjustment IS NULL THEN 'resolved' ELSE 'adjusting' END,
                  resolution = CASE WHEN adjustment IS NULL THEN 'accepted' END,
                  resolved_at = CASE WHEN adjustment IS NULL THEN $5::timestamptz END,
                  adjustment_transaction_id = CASE WHEN adjustment IS NOT NULL THEN $4::uuid END,
                  approved_by = $3, version = version + 1
            WHERE id = $1 AND version = $2 AND status = 'proposed' AND proposed_by IS DISTINCT FROM $3
              AND $3 IS NOT NULL
        RETURNING ${breakColumns}`,
    values: [
      approval.breakId,
      approval.version,
      approval.actor,
      approval.adjustmentTransactionId,
      approval.now,
    ],
  });
  return rows[0];
}

/** The ledger has posted the corrections. */
export async function finishAdjustments(
  tx: Transaction,
  transactionIds: readonly string[],
  now: Date,
): Promise<BreakRow[]> {
  const { rows } = await tx.query<BreakRow>({
    name: 'finish-adjustments',
    text: `UPDATE reconciliation_breaks b
              SET status = 'resolved', resolution = 'adjusted', resolved_at = $2, version = version + 1
            WHERE adjustment_transaction_id = ANY($1::uuid[]) AND status = 'adjusting'
        RETURNING ${breakColumns}`,
    values: [transactionIds, now],
  });
  return rows;
}

/** The ledger has refused the corrections: the differences are open again. */
export async function reopenBreaks(
  tx: Transaction,
  refusals: readonly { readonly transactionId: string; readonly reason: string }[],
): Promise<BreakRow[]> {
  const { rows } = await tx.query<BreakRow>({
    name: 'reopen-breaks',
    text: `UPDATE reconciliation_breaks b
              SET status = 'open', refusal_reason = u.reason, approved_by = NULL, proposed_by = NULL,
                  adjustment_transaction_id = NULL, version = version + 1
             FROM unnest($1::uuid[], $2::text[]) AS u (id, reason)
            WHERE b.adjustment_transaction_id = u.id AND b.status = 'adjusting'
        RETURNING ${breakColumns}`,
    values: [refusals.map((one) => one.transactionId), refusals.map((one) => one.reason)],
  });
  return rows;
}

/**
 * What was to be proposed may not be done, and an open difference says so. Undefined when there is another proposal already:
 * its author and its reason stay, and so does whatever is being done about the difference.
 */
export async function refuseProposal(
  tx: Transaction,
  breakId: string,
  reason: string,
): Promise<BreakRow | undefined> {
  const { rows } = await tx.query<BreakRow>({
    name: 'refuse-proposal',
    // What an earlier attempt has left would be shown as what was refused now.
    text: `UPDATE reconciliation_breaks b
              SET refusal_reason = $2, adjustment = NULL, reason = NULL, version = version + 1
            WHERE id = $1 AND status = 'open'
        RETURNING ${breakColumns}`,
    values: [breakId, reason],
  });
  return rows[0];
}

/** What was approved just now cannot be done, and the ledger has not been asked: the difference is open again, and says why. */
export async function withdrawApproval(
  tx: Transaction,
  refusal: Pick<Approval, 'breakId' | 'version'> & { readonly reason: string },
): Promise<BreakRow | undefined> {
  const { rows } = await tx.query<BreakRow>({
    name: 'withdraw-approval',
    text: `UPDATE reconciliation_breaks b
              SET status = 'open', refusal_reason = $3, approved_by = NULL, proposed_by = NULL,
                  adjustment_transaction_id = NULL, version = version + 1
            WHERE id = $1 AND version = $2 AND status = 'adjusting'
        RETURNING ${breakColumns}`,
    values: [refusal.breakId, refusal.version, refusal.reason],
  });
  return rows[0];
}

/** Locks differences in the order of their ids, before a batch changes them one after the other. */
export async function lockBreaks(tx: Transaction, ids: readonly string[]): Promise<void> {
  await tx.query({
    name: 'lock-breaks',
    text: 'SELECT FROM reconciliation_breaks WHERE id = ANY($1::uuid[]) ORDER BY id FOR UPDATE',
    values: [ids],
  });
}

/** One that nothing has been done about, with a correction proposed or not, locked. */
export async function lockOpenBreak(tx: Transaction, id: string): Promise<BreakRow | undefined> {
  const { rows } = await tx.query<BreakRow>({
    name: 'lock-open-break',
    text: `SELECT ${breakColumns} FROM reconciliation_breaks b
            WHERE b.id = $1 AND b.status IN ('open', 'proposed') FOR UPDATE`,
    values: [id],
  });
  return rows[0];
}

/**
 * Those that nothing has been done about, and that may heal. Bounded: the oldest, the rest with the next import. So what
 * cannot heal is not among them: a duplicate, and a payment that nobody here knows, unless the provider has said
 * that it is another one or that nothing has moved. Locked in the order of their ids.
 * @param id only this one
 */
export async function findHealingBreaks(
  tx: Transaction,
  limit: number,
  id: string | null,
): Promise<BreakRow[]> {
  const { rows } = await tx.query<BreakRow>({
    name: 'find-healing-breaks',
    text: `SELECT ${breakColumns} FROM reconciliation_breaks b
            WHERE b.status IN ('open', 'proposed') AND b.id IN (
              SELECT b.id FROM reconciliation_breaks b
               WHERE b.status IN ('open', 'proposed') AND b.kind <> 'duplicate' AND ($2::uuid IS NULL OR b.id = $2)
                 AND (b.transaction_id IS NOT NULL
                      OR EXISTS (SELECT FROM settlement_lines l
                                  WHERE l.payment_id = b.payment_id AND l.kind = b.payment_kind
                                    AND (l.transaction_id IS NOT NULL OR l.status <> 'succeeded')))
               ORDER BY b.found_at LIMIT $1)
            ORDER BY b.id FOR UPDATE OF b`,
    values: [limit, id],
  });
  return rows;
}

/** What differed agrees by now: a payment that was pending has ended, or a later file lists what one lacked. */
export async function clearBreaks(tx: Transaction, ids: readonly string[], now: Date): Promise<BreakRow[]> {
  if (ids.length === 0) return [];
  const { rows } = await tx.query<BreakRow>({
    name: 'clear-breaks',
    text: `UPDATE reconciliation_breaks b
              SET status = 'resolved', resolution = 'cleared', resolved_at = $2, version = version + 1
            WHERE id = ANY($1::uuid[]) AND status IN ('open', 'proposed')
        RETURNING ${breakColumns}`,
    values: [ids, now],
  });
  return rows;
}
