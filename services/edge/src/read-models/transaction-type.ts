import { type MinorUnits, toNumber, toNumberOrNull } from './minor-units.js';

export interface TransactionTypeRow {
  readonly code: string;
  readonly name: string;
  readonly feeFlat: MinorUnits;
  readonly feeBasisPoints: number;
  readonly limitPerTransaction: MinorUnits | null;
  readonly limitDailyAmount: MinorUnits | null;
  readonly limitDailyCount: number | null;
  readonly status: string;
  readonly createdAt: Date;
}

export function transactionTypeResource(row: TransactionTypeRow) {
  return {
    code: row.code,
    name: row.name,
    fee: { flat: toNumber(row.feeFlat), basisPoints: row.feeBasisPoints },
    limits: {
      perTransaction: toNumberOrNull(row.limitPerTransaction),
      dailyAmount: toNumberOrNull(row.limitDailyAmount),
      dailyCount: row.limitDailyCount,
    },
    status: row.status,
    createdAt: row.createdAt.toISOString(),
  };
}
