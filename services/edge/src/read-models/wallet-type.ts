import { type MinorUnits, toNumber, toNumberOrNull } from './minor-units.js';

export interface WalletTypeRow {
  readonly code: string;
  readonly name: string;
  readonly currency: string;
  readonly overdraftLimit: MinorUnits;
  readonly maxBalance: MinorUnits | null;
  readonly status: string;
  readonly createdAt: Date;
}

export function walletTypeResource(row: WalletTypeRow) {
  return {
    code: row.code,
    name: row.name,
    currency: row.currency,
    overdraftLimit: toNumber(row.overdraftLimit),
    maxBalance: toNumberOrNull(row.maxBalance),
    status: row.status,
    createdAt: row.createdAt.toISOString(),
  };
}
