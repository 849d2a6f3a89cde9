import { type HoldCaptured, TransactionCompleted } from '@florin/contracts';
import type { Received, UnitOfWork } from '@florin/messaging';
import type { TransactionContext } from '../context.js';
import { advanceWithdrawals } from '../db/advance-withdrawals.js';
import { completeTransactions } from '../db/complete-transactions.js';
import { completedEvent, endedVersion } from '../domain/transaction.js';
import { firstOfEach } from './first-of-each.js';
import { hopsOf } from './hops-of.js';

/** The ledger has taken the money that the provider has paid out: the withdrawals are completed. */
export async function settleWithdrawals(
  context: TransactionContext,
  unit: UnitOfWork,
  messages: readonly Received<HoldCaptured>[],
): Promise<void> {
  const causes = new Map(firstOfEach(messages).map((message) => [message.value.transactionId, message]));
  const advances = [...causes].map(([transactionId, cause]) => ({
    transactionId,
    hops: hopsOf(cause, 'CaptureHold'),
  }));
  const now = new Date(context.clock.now());
  const settled = await advanceWithdrawals(unit.tx, 'captured', advances, now);
  const hops = new Map(settled.map((withdrawal) => [withdrawal.transactionId, withdrawal.hops]));
  const completions = settled.map(({ transactionId }) => causes.get(transactionId)!.value);
  if (completions.length === 0) return;
  for (const transaction of await completeTransactions(unit.tx, completions)) {
    const cause = causes.get(transaction.id)!;
    const event = completedEvent(transaction, cause.value.entries, hops.get(transaction.id)!);
    unit.send(TransactionCompleted, transaction.id, event, { cause, aggregateVersion: endedVersion });
  }
}
