import { type MinorUnits, toNumber } from './minor-units.js';

export interface LedgerAuditRow {
  readonly id: string;
  readonly kind: string;
  readonly walletId: string | null;
  readonly status: string;
  readonly walletsTotal: MinorUnits;
  readonly walletsChecked: MinorUnits;
  readonly entriesChecked: MinorUnits;
  readonly startedAt: Date;
  readonly finishedAt: Date | null;
  readonly refusalReason: string | null;
}

export interface LedgerFindingRow {
  readonly auditId: string;
  readonly source: string;
  readonly checkName: string;
  readonly walletId: string | null;
  readonly sequence: MinorUnits | null;
  readonly entryId: string | null;
  readonly currency: string | null;
  readonly detail: string;
  readonly foundAt: Date;
}

export function ledgerAuditResource(row: LedgerAuditRow, findings: readonly LedgerFindingRow[]) {
  // The edge may find that its copies differ when the ledger itself has passed.
  const failed = findings.length > 0 && row.status === 'passed';
  return {
    id: row.id,
    kind: row.kind,
    walletId: row.walletId,
    status: failed ? 'failed' : row.status,
    walletsTotal: toNumber(row.walletsTotal),
    walletsChecked: toNumber(row.walletsChecked),
    entriesChecked: toNumber(row.entriesChecked),
    startedAt: row.startedAt.toISOString(),
    finishedAt: row.finishedAt?.toISOString() ?? null,
    reason: row.refusalReason,
    findings: findings.map((finding) => ({
      source: finding.source,
      check: finding.checkName,
      walletId: finding.walletId,
      sequence: finding.sequence === null ? null : toNumber(finding.sequence),
      entryId: finding.entryId,
      currency: finding.currency,
      detail: finding.detail,
      foundAt: finding.foundAt.toISOString(),
    })),
  };
}
