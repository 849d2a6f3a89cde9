import type { TransactionContext } from '../context.js';
import type { ClaimedDeposit } from '../db/claim-deposits.js';
import { discardFundingToken, makePayment, refusalOf } from './make-payment.js';
import { recordCharged, recordDeclined } from './record-deposit.js';

/**
 * Collects the money of one deposit and records the outcome.
 * @throws when there is no outcome yet; the deposit has to be tried again later
 */
export async function chargeDeposit(context: TransactionContext, deposit: ClaimedDeposit): Promise<void> {
  const outcome = await makePayment(context, 'charge', deposit);
  if (outcome.status === 'succeeded') await recordCharged(context, deposit, outcome.paymentId);
  else await recordDeclined(context, deposit, 'charge-refused', refusalOf(outcome));
  await discardFundingToken(context, deposit);
}
