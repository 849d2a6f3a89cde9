import { type Message, TransactionDeclined } from '@florin/contracts';
import type { Received, UnitOfWork } from '@florin/messaging';
import type { AdvancedWithdrawal } from '../db/advance-withdrawals.js';
import { endUnmovedTransactions } from '../db/end-unmoved-transactions.js';
import { declinedEvent, endedVersion } from '../domain/transaction.js';

/** Declines the transactions of withdrawals whose money stays, or is back, in the wallet. */
export async function declineWithdrawals(
  unit: UnitOfWork,
  withdrawals: readonly AdvancedWithdrawal[],
  causes: ReadonlyMap<string, Received<Message>>,
  now: Date,
): Promise<void> {
  const refusals = withdrawals.map(({ transactionId, refusalReason }) => ({
    transactionId,
    reason: refusalReason ?? 'payment-declined',
  }));
  const hops = new Map(withdrawals.map((withdrawal) => [withdrawal.transactionId, withdrawal.hops]));
  for (const transaction of await endUnmovedTransactions(unit.tx, 'decline', refusals, now)) {
    const options = { cause: causes.get(transaction.id), aggregateVersion: endedVersion };
    const event = declinedEvent(transaction, hops.get(transaction.id)!);
    unit.send(TransactionDeclined, transaction.id, event, options);
  }
}
