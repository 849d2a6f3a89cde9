import { type MinorUnits, toNumber } from './minor-units.js';

export interface ReconciliationBreakRow {
  readonly id: string;
  readonly settlementFileId: string;
  readonly lineNumber: number | null;
  readonly kind: string;
  readonly paymentKind: string;
  readonly paymentId: string | null;
  readonly reference: string | null;
  readonly transactionId: string | null;
  readonly currency: string;
  readonly providerAmount: MinorUnits | null;
  readonly ourAmount: MinorUnits | null;
  readonly providerStatus: string | null;
  readonly ourStatus: string | null;
  readonly status: string;
  readonly resolution: string | null;
  readonly reason: string | null;
  /** An `Adjustment` of the contracts. */
  readonly adjustment: unknown;
  readonly adjustmentTransactionId: string | null;
  readonly refusalReason: string | null;
  readonly proposedBy: string | null;
  readonly approvedBy: string | null;
  readonly version: MinorUnits;
  readonly foundAt: Date;
  readonly resolvedAt: Date | null;
}

export function reconciliationBreakResource(row: ReconciliationBreakRow) {
  const { adjustment, foundAt, resolvedAt, providerAmount, ourAmount, version, ...facts } = row;
  return {
    ...facts,
    providerAmount: providerAmount === null ? null : toNumber(providerAmount),
    ourAmount: ourAmount === null ? null : toNumber(ourAmount),
    version: toNumber(version),
    legs: legsOf(adjustment),
    foundAt: foundAt.toISOString(),
    resolvedAt: resolvedAt?.toISOString() ?? null,
  };
}

interface StoredAdjustment {
  readonly sourceWalletId: string | null;
  readonly sourceAccount: string | null;
  readonly destinationWalletId: string | null;
  readonly destinationAccount: string | null;
  readonly amount: number;
}

/** What the correction takes and gives, as entries of the ledger: the amounts add up to zero. */
function legsOf(adjustment: unknown) {
  if (adjustment === null) return [];
  const stored = adjustment as StoredAdjustment;
  return [
    { walletId: stored.sourceWalletId, account: stored.sourceAccount, amount: -stored.amount },
    { walletId: stored.destinationWalletId, account: stored.destinationAccount, amount: stored.amount },
  ];
}
