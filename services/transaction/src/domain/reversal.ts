import type { TransactionOrigin } from '@florin/contracts';

export type ReversalRefusal =
  | 'already-reversed'
  | 'amount-invalid'
  | 'deadline-exceeded'
  | 'not-reversible'
  | 'reversal-exceeds-original'
  | 'transaction-not-found';

/** An original, as far as its reversal has to know it. Amounts in minor units. */
export interface Reversible {
  readonly status: string;
  readonly sourceWalletId: string | null;
  readonly destinationWalletId: string | null;
  readonly amount: number;
  readonly reversedAmount: number;
  readonly origin: TransactionOrigin | null;
  /** True when its destination received another currency. */
  readonly isExchange: boolean;
}

export interface ReversalRequest {
  /** Null for all that is left. */
  readonly amount: number | null;
  /** Milliseconds since the Unix epoch; null for none. */
  readonly deadlineAt: number | null;
  /** True when the platform's staff asks, and not the customer who was paid. */
  readonly byOperator: boolean;
  /** True when the caller is shown it as completed, which the edge may know first. */
  readonly originalCompleted: boolean;
}

/**
 * Why a reversal goes no further; undefined when the ledger is to decide. What remains is known here only as of the last
 * reversal that was heard of: the ledger holds the original against all of them under a lock, this spares it what is hopeless.
 */
export function refuseReversal(
  request: ReversalRequest,
  original: Reversible | undefined,
  now: number,
): ReversalRefusal | undefined {
  const { amount, deadlineAt } = request;
  if (deadlineAt !== null && now > deadlineAt) return 'deadline-exceeded';
  if (amount !== null && (!Number.isSafeInteger(amount) || amount <= 0)) return 'amount-invalid';
  if (!original) return 'transaction-not-found';
  if (original.status === 'reversed') return 'already-reversed';
  if (!isReversible(original, request)) return 'not-reversible';
  const left = original.amount - original.reversedAmount;
  return amount !== null && amount > left ? 'reversal-exceeds-original' : undefined;
}

/**
 * Money between two wallets that has arrived. What came through the payment provider is given back by the provider, or
 * its books and ours would differ; a reversal is not reversed, whoever regrets it makes a transfer. An exchange is given back
 * at its old rate, margin included: to a customer that would be an option on the rate that he has not paid for.
 */
function isReversible(original: Reversible, { byOperator, originalCompleted }: ReversalRequest): boolean {
  const { status, sourceWalletId, destinationWalletId, origin, isExchange } = original;
  if (isExchange && !byOperator) return false;
  const isTransfer = sourceWalletId !== null && destinationWalletId !== null;
  const hasArrived = status === 'completed' || (status === 'pending' && originalCompleted);
  return hasArrived && isTransfer && origin?.kind !== 'transaction';
}
