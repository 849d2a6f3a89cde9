import { type MinorUnits, toNumber } from './minor-units.js';

export interface SettlementFileRow {
  readonly id: string;
  readonly externalId: string;
  readonly settlementDate: string;
  readonly status: string;
  readonly refusalReason: string | null;
  readonly lineCount: MinorUnits;
  readonly matchedCount: MinorUnits;
  readonly breakCount: MinorUnits;
  readonly importedBy: string | null;
  readonly createdAt: Date;
  readonly importedAt: Date | null;
}

export function settlementFileResource(row: SettlementFileRow) {
  return {
    id: row.id,
    fileId: row.externalId,
    settlementDate: row.settlementDate,
    status: row.status,
    reason: row.refusalReason,
    lineCount: toNumber(row.lineCount),
    matchedCount: toNumber(row.matchedCount),
    breakCount: toNumber(row.breakCount),
    importedBy: row.importedBy,
    createdAt: row.createdAt.toISOString(),
    importedAt: row.importedAt?.toISOString() ?? null,
  };
}
