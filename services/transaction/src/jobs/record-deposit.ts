import { PostDeposit, TransactionDeclined } from '@florin/contracts';
import type { TransactionContext } from '../context.js';
import { advanceDeposits } from '../db/advance-deposits.js';
import type { ClaimedDeposit } from '../db/claim-deposits.js';
import { endUnmovedTransactions } from '../db/end-unmoved-transactions.js';
import { declinedEvent, endedVersion } from '../domain/transaction.js';
import { originOf } from './origin.js';

/** The provider has the money: say so to the ledger in the transaction that remembers it. */
export async function recordCharged(
  context: TransactionContext,
  deposit: ClaimedDeposit,
  providerChargeId: string,
): Promise<void> {
  const { transactionId, walletId, amount, fee, currency } = deposit;
  await context.messaging.transaction(async (unit) => {
    const advance = { transactionId, providerChargeId };
    const moved = await advanceDeposits(unit.tx, 'charge-succeeded', [advance], now(context));
    if (!moved.has(transactionId)) return;
    const body = { transactionId, walletId, amount, feeAmount: fee, currency, description: null };
    unit.send(PostDeposit, walletId, body, originOf(deposit));
  });
}

/** No money was taken, or all of it was given back: the transaction is declined. */
export async function recordDeclined(
  context: TransactionContext,
  deposit: ClaimedDeposit,
  event: 'charge-refused' | 'refunded',
  reason: string,
): Promise<void> {
  const { transactionId } = deposit;
  await context.messaging.transaction(async (unit) => {
    const moved = await advanceDeposits(unit.tx, event, [{ transactionId }], now(context));
    const hops = moved.get(transactionId);
    if (!hops) return;
    const refusals = [{ transactionId, reason }];
    const declined = await endUnmovedTransactions(unit.tx, 'decline', refusals, now(context));
    for (const transaction of declined) {
      const options = { ...originOf(deposit), aggregateVersion: endedVersion };
      unit.send(TransactionDeclined, transaction.id, declinedEvent(transaction, hops), options);
    }
  });
}

function now(context: TransactionContext): Date {
  return new Date(context.clock.now());
}
