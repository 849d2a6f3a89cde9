import type { BodyOf, CaptureHold, PlaceHold, VoidHold } from '@florin/contracts';
import { holdMs } from './withdrawal.js';

/** A withdrawal as far as the ledger is asked about it. Amounts in minor units. */
export interface WithdrawalTerms {
  readonly transactionId: string;
  readonly holdId: string;
  readonly walletId: string;
  readonly amount: number;
  readonly fee: number;
  readonly currency: string;
}

/**
 * What the ledger is asked at each step of a withdrawal. All of it follows from what is stored, so that a command that was
 * lost can be sent again word for word, and the ledger repeats its decision.
 *
 * @param receivedAt when the withdrawal was taken on, in milliseconds since the Unix epoch
 */
export function placeHoldOf(terms: WithdrawalTerms, receivedAt: number): BodyOf<PlaceHold> {
  const { holdId, walletId, amount, fee, currency } = terms;
  return {
    holdId,
    walletId,
    amount: amount + fee,
    currency,
    expiresAt: receivedAt + holdMs,
    description: null,
  };
}

export function captureHoldOf(terms: WithdrawalTerms): BodyOf<CaptureHold> {
  const { transactionId, holdId, amount, fee: feeAmount } = terms;
  return {
    transactionId,
    holdId,
    amount,
    feeAmount,
    destinationWalletId: null,
    final: true,
    description: null,
  };
}

export function voidHoldOf({ transactionId, holdId }: WithdrawalTerms): BodyOf<VoidHold> {
  return { transactionId, holdId };
}
