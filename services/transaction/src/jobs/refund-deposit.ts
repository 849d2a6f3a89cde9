import type { TransactionContext } from '../context.js';
import type { ClaimedDeposit } from '../db/claim-deposits.js';
import { termsOf } from './make-payment.js';
import { recordDeclined } from './record-deposit.js';

/**
 * Gives the money of a deposit back that the ledger refused. The provider refunds a reference once, so an attempt
 * whose answer was lost is simply repeated.
 * @throws when there is no answer yet; the refund has to be tried again later
 */
export async function refundDeposit(context: TransactionContext, deposit: ClaimedDeposit): Promise<void> {
  const { transactionId, refundReason } = deposit;
  if (refundReason === null) throw new Error(`deposit ${transactionId} is to be refunded without a reason`);
  await context.psp.refund(termsOf(deposit));
  await recordDeclined(context, deposit, 'refunded', refundReason);
}
