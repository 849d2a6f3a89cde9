import { type MinorUnits, toNumber } from './minor-units.js';

export interface ProjectionRebuildRow {
  readonly id: string;
  readonly projections: readonly string[];
  readonly carryOver: boolean;
  readonly requestedBy: string;
  readonly reason: string | null;
  readonly status: string;
  readonly detail: string;
  readonly recordsTotal: MinorUnits;
  readonly recordsRead: MinorUnits;
  readonly rowsRebuilt: MinorUnits;
  readonly rowsCarriedOver: MinorUnits;
  readonly createdAt: Date;
  readonly finishedAt: Date | null;
}

export function projectionRebuildResource(row: ProjectionRebuildRow) {
  return {
    id: row.id,
    projections: row.projections,
    carryOver: row.carryOver,
    requestedBy: row.requestedBy,
    reason: row.reason,
    status: row.status,
    detail: row.detail,
    recordsTotal: toNumber(row.recordsTotal),
    recordsRead: toNumber(row.recordsRead),
    rowsRebuilt: toNumber(row.rowsRebuilt),
    rowsCarriedOver: toNumber(row.rowsCarriedOver),
    createdAt: row.createdAt.toISOString(),
    finishedAt: row.finishedAt?.toISOString() ?? null,
  };
}
