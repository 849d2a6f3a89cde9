import { type MinorUnits, toNumber } from './minor-units.js';

export interface TransactionRow {
  readonly id: string;
  readonly type: string;
  readonly status: string;
  readonly declineReason: string | null;
  readonly amount: MinorUnits;
  readonly fee: MinorUnits;
  readonly currency: string;
  readonly sourceWalletId: string | null;
  readonly destinationWalletId: string | null;
  readonly description: string | null;
  readonly createdAt: Date;
  readonly completedAt: Date | null;
}

export function transactionResource(row: TransactionRow) {
  return {
    id: row.id,
    type: row.type,
    status: row.status,
    ...(row.declineReason === null ? {} : { declineReason: row.declineReason }),
    amount: toNumber(row.amount),
    fee: toNumber(row.fee),
    currency: row.currency,
    sourceWalletId: row.sourceWalletId,
    destinationWalletId: row.destinationWalletId,
    description: row.description,
    createdAt: row.createdAt.toISOString(),
    completedAt: row.completedAt?.toISOString() ?? null,
  };
}
