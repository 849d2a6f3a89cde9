import { CaptureHold, VoidHold } from '@florin/contracts';
import type { TransactionContext } from '../context.js';
import { advanceWithdrawals } from '../db/advance-withdrawals.js';
import type { ClaimedWithdrawal } from '../db/claim-withdrawals.js';
import { captureHoldOf, voidHoldOf } from '../domain/withdrawal-commands.js';
import { discardFundingToken, makePayment, refusalOf } from './make-payment.js';
import { originOf } from './origin.js';
import { reportUnrecorded } from './report-unrecorded.js';

/**
 * Sends the money of one withdrawal and tells the ledger of it, in the transaction that remembers it: the hold is
 * captured when the money has left, and voided when it is certain that it has not.
 * @throws when there is no outcome yet; the withdrawal has to be tried again later
 */
export async function payOutWithdrawal(
  context: TransactionContext,
  withdrawal: ClaimedWithdrawal,
): Promise<void> {
  const outcome = await makePayment(context, 'payout', withdrawal);
  const isRecorded =
    outcome.status === 'succeeded'
      ? await recordPaid(context, withdrawal, outcome.paymentId)
      : await recordRefused(context, withdrawal, refusalOf(outcome));
  if (isRecorded) await discardFundingToken(context, withdrawal);
  else await reportUnrecorded(context, 'withdrawals', withdrawal, outcome);
}

async function recordPaid(
  context: TransactionContext,
  withdrawal: ClaimedWithdrawal,
  providerPayoutId: string,
): Promise<boolean> {
  const { transactionId, walletId } = withdrawal;
  return context.messaging.transaction(async (unit) => {
    const advance = { transactionId, providerPayoutId };
    const moved = await advanceWithdrawals(unit.tx, 'payout-succeeded', [advance], now(context));
    if (moved.length > 0) unit.send(CaptureHold, walletId, captureHoldOf(withdrawal), originOf(withdrawal));
    return moved.length > 0;
  });
}

async function recordRefused(
  context: TransactionContext,
  withdrawal: ClaimedWithdrawal,
  refusalReason: string,
): Promise<boolean> {
  const { transactionId, walletId, attempts: attempt } = withdrawal;
  return context.messaging.transaction(async (unit) => {
    // A later attempt that was begun meanwhile may succeed: it decides then.
    const advance = { transactionId, refusalReason, attempt };
    const moved = await advanceWithdrawals(unit.tx, 'payout-refused', [advance], now(context));
    if (moved.length > 0) unit.send(VoidHold, walletId, voidHoldOf(withdrawal), originOf(withdrawal));
    return moved.length > 0;
  });
}

function now(context: TransactionContext): Date {
  return new Date(context.clock.now());
}
