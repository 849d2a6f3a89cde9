import type { TransactionContext } from '../context.js';
import type { ClaimedDeposit } from '../db/claim-deposits.js';
import { discardFundingToken, makePayment, refusalOf } from './make-payment.js';
import { recordCharged, recordDeclined } from './record-deposit.js';
import { reportUnrecorded } from './report-unrecorded.js';

/**
 * Collects the money of one deposit and records the outcome.
 * @throws when there is no outcome yet; the deposit has to be tried again later
 */
export async function chargeDeposit(context: TransactionContext, deposit: ClaimedDeposit): Promise<void> {
  const outcome = await makePayment(context, 'charge', deposit);
  const isRecorded =
    outcome.status === 'succeeded'
      ? await recordCharged(context, deposit, outcome.paymentId)
      : await recordDeclined(context, deposit, 'charge-refused', refusalOf(outcome));
  if (isRecorded) await discardFundingToken(context, deposit);
  else await reportUnrecorded(context, 'deposits', deposit, outcome);
}
