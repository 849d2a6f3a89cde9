import { type MinorUnits, toNumber, toNumberOrNull } from './minor-units.js';

/** Limits for the wallets of one type, besides those of the transaction type. */
export interface WalletTypeLimits {
  readonly walletType: string;
  readonly perTransaction: number | null;
  readonly dailyAmount: number | null;
  readonly dailyCount: number | null;
}

/** What a version of a transaction type says. */
export interface TransactionTypeTerms {
  readonly name: string;
  readonly feeFlat: MinorUnits;
  readonly feeBasisPoints: number;
  readonly limitPerTransaction: MinorUnits | null;
  readonly limitDailyAmount: MinorUnits | null;
  readonly limitDailyCount: number | null;
  /** Of type `WalletTypeLimits[]`, as the database keeps it. */
  readonly walletTypeLimits: unknown;
}

export interface TransactionTypeRow extends TransactionTypeTerms {
  readonly id: string;
  readonly code: string;
  readonly version: number;
  readonly status: string;
  readonly createdAt: Date;
}

export function transactionTypeResource(row: TransactionTypeRow) {
  return {
    code: row.code,
    version: row.version,
    ...transactionTypeTerms(row),
    status: row.status,
    createdAt: row.createdAt.toISOString(),
  };
}

/** The part of the representation that a client defines. */
export function transactionTypeTerms(row: TransactionTypeTerms) {
  return {
    name: row.name,
    fee: { flat: toNumber(row.feeFlat), basisPoints: row.feeBasisPoints },
    limits: {
      perTransaction: toNumberOrNull(row.limitPerTransaction),
      dailyAmount: toNumberOrNull(row.limitDailyAmount),
      dailyCount: row.limitDailyCount,
      walletTypes: row.walletTypeLimits as readonly WalletTypeLimits[],
    },
  };
}

/** The identity of one version, in its row and for the calls that wait for it. */
export function transactionTypeId(code: string, version: number): string {
  return `${code}:${version}`;
}
