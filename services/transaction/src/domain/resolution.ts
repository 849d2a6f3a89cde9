import type { Adjustment } from '@florin/contracts';

/** A difference with the provider, as far as it decides what an operator may do about it. Amounts in minor units. */
export interface Difference {
  /** Null when the provider does not list the payment. */
  readonly providerAmount: number | null;
  readonly ourAmount: number | null;
  readonly providerStatus: string | null;
  readonly ourStatus: string | null;
  /** Null when the difference belongs to no transaction that is known. */
  readonly transactionId: string | null;
}

/** Of a payment that has moved nothing. Every other word, also one that we have never heard, may stand for money. */
const unmoved: readonly string[] = ['declined', 'pending'];

/**
 * A correction moves money, and accepting a payment that only one side has, or has otherwise, writes money off: neither is
 * for one person. Alone an operator accepts what has moved nothing on either side. The difference says how our side was
 * when it was found; a payment that was pending then may have succeeded since, and one that is pending now still may.
 *
 * @param presentStatus of our payment, null when there is none
 */
export function needsTwoOperators(
  { providerStatus, ourStatus }: Difference,
  adjustment: Adjustment | null,
  presentStatus: string | null,
): boolean {
  const isUnmoved = (status: string | null) => status === null || unmoved.includes(status);
  const hasEndedUnmoved = presentStatus === null || presentStatus === 'declined';
  return adjustment !== null || !isUnmoved(providerStatus) || !isUnmoved(ourStatus) || !hasEndedUnmoved;
}

export type AdjustmentRefusal = 'adjustment-exceeds-payment' | 'wallet-not-involved';

/**
 * Why a correction is none of this difference: it licenses to move no more than the payment, and no wallet that has no part
 * in its transaction. Whom a payment belongs to that no transaction is known for, a person has to find out.
 *
 * @param walletIds of the transaction
 */
export function refuseAdjustment(
  { providerAmount, ourAmount, transactionId }: Difference,
  { amount, sourceWalletId, destinationWalletId }: Adjustment,
  walletIds: readonly (string | null)[],
): AdjustmentRefusal | undefined {
  if (amount > Math.max(providerAmount ?? 0, ourAmount ?? 0)) return 'adjustment-exceeds-payment';
  if (transactionId === null) return undefined;
  const isInvolved = (walletId: string | null) => walletId === null || walletIds.includes(walletId);
  return isInvolved(sourceWalletId) && isInvolved(destinationWalletId) ? undefined : 'wallet-not-involved';
}
