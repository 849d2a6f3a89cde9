import { type MinorUnits, toNumber } from './minor-units.js';

export interface WalletRow {
  readonly id: string;
  readonly ownerId: string;
  readonly walletType: string;
  readonly currency: string;
  readonly name: string;
  readonly status: string;
  readonly refusalReason: string | null;
  readonly posted: MinorUnits;
  readonly held: MinorUnits;
  readonly available: MinorUnits;
  readonly createdAt: Date;
}

export function walletResource(row: WalletRow) {
  return {
    id: row.id,
    ownerId: row.ownerId,
    walletType: row.walletType,
    currency: row.currency,
    name: row.name,
    status: row.status,
    ...(row.refusalReason === null ? {} : { refusalReason: row.refusalReason }),
    balances: {
      posted: toNumber(row.posted),
      held: toNumber(row.held),
      available: toNumber(row.available),
    },
    createdAt: row.createdAt.toISOString(),
  };
}
