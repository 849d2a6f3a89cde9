export interface RevisionRow {
  readonly deadLetterId: string;
  readonly revision: number;
  readonly messageId: string;
  readonly payload: unknown;
  readonly diff: unknown;
  readonly reason: string;
  readonly createdBy: string;
  readonly createdAt: Date;
  readonly needsSecondApprover: boolean;
  readonly approvedBy: string | null;
  readonly approvedAt: Date | null;
}

export function revisionResource(row: RevisionRow) {
  return {
    deadLetterId: row.deadLetterId,
    revision: row.revision,
    messageId: row.messageId,
    status: row.approvedAt ? 'approved' : 'awaiting-approval',
    payload: row.payload,
    diff: row.diff,
    reason: row.reason,
    needsSecondApprover: row.needsSecondApprover,
    createdBy: row.createdBy,
    createdAt: row.createdAt.toISOString(),
    approvedBy: row.approvedBy,
    approvedAt: row.approvedAt?.toISOString() ?? null,
  };
}
