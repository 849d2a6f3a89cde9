import type { TransactionContext } from '../context.js';
import type { ClaimedDeposit } from '../db/claim-deposits.js';
import { PaymentPendingError, termsOf } from './make-payment.js';
import { recordDeclined } from './record-deposit.js';

/** The provider keeps the money that is to be given back: people have to settle it with the provider. */
export class RefundDeclinedError extends Error {
  readonly code = 'refund-declined';
  readonly retryable = true;
  constructor(transactionId: string) {
    super(`the provider declines to give the money of ${transactionId} back`);
    this.name = 'RefundDeclinedError';
  }
}

/**
 * Gives the money of a deposit back that the ledger refused. The provider refunds a reference once, so an attempt
 * whose answer was lost is simply repeated; one that it decides about later is asked about, because it may answer a repetition as before.
 * @throws when the money is not back yet; the refund has to be tried again later
 */
export async function refundDeposit(context: TransactionContext, deposit: ClaimedDeposit): Promise<void> {
  const { transactionId, refundReason } = deposit;
  if (refundReason === null) throw new Error(`deposit ${transactionId} is to be refunded without a reason`);
  const { psp } = context;
  const terms = termsOf(deposit);
  const known = deposit.attempts > 1 ? await psp.findRefund(terms) : undefined;
  const status = known ?? (await psp.refund(terms));
  if (status === 'pending') throw new PaymentPendingError(transactionId);
  if (status === 'declined') throw new RefundDeclinedError(transactionId);
  await recordDeclined(context, deposit, 'refunded', refundReason);
}
