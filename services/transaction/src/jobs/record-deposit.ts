import { PostDeposit, TransactionDeclined } from '@florin/contracts';
import type { TransactionContext } from '../context.js';
import { advanceDeposits } from '../db/advance-deposits.js';
import type { ClaimedDeposit } from '../db/claim-deposits.js';
import { endUnmovedTransactions } from '../db/end-unmoved-transactions.js';
import { declinedEvent, endedVersion } from '../domain/transaction.js';
import { originOf } from './origin.js';

/** The provider has the money: say so to the ledger in the transaction that remembers it. False when that is not expected any more. */
export async function recordCharged(
  context: TransactionContext,
  deposit: ClaimedDeposit,
  providerChargeId: string,
): Promise<boolean> {
  const { transactionId, walletId, amount, fee, currency } = deposit;
  return context.messaging.transaction(async (unit) => {
    const advance = { transactionId, providerChargeId };
    const moved = await advanceDeposits(unit.tx, 'charge-succeeded', [advance], now(context));
    if (!moved.has(transactionId)) return false;
    const body = { transactionId, walletId, amount, feeAmount: fee, currency, description: null };
    unit.send(PostDeposit, walletId, body, originOf(deposit));
    return true;
  });
}

/**
 * No money was taken, or all of it was given back: the transaction is declined. False when the deposit has moved on, or a later attempt was begun,
 * which may succeed and decides then.
 */
export async function recordDeclined(
  context: TransactionContext,
  deposit: ClaimedDeposit,
  event: 'charge-refused' | 'refunded',
  reason: string,
): Promise<boolean> {
  const { transactionId, attempts } = deposit;
  return context.messaging.transaction(async (unit) => {
    const advance = { transactionId, attempt: event === 'charge-refused' ? attempts : null };
    const moved = await advanceDeposits(unit.tx, event, [advance], now(context));
    const hops = moved.get(transactionId);
    if (!hops) return false;
    const refusals = [{ transactionId, reason }];
    const declined = await endUnmovedTransactions(unit.tx, 'decline', refusals, now(context));
    for (const transaction of declined) {
      const options = { ...originOf(deposit), aggregateVersion: endedVersion };
      unit.send(TransactionDeclined, transaction.id, declinedEvent(transaction, hops), options);
    }
    return true;
  });
}

function now(context: TransactionContext): Date {
  return new Date(context.clock.now());
}
