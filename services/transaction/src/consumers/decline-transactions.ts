import { TransactionDeclined, type TransferDeclined } from '@florin/contracts';
import type { Received, UnitOfWork } from '@florin/messaging';
import type { TransactionContext } from '../context.js';
import { advanceDeposits } from '../db/advance-deposits.js';
import { reopenBreaks } from '../db/change-breaks.js';
import { endUnmovedTransactions } from '../db/end-unmoved-transactions.js';
import { findDepositIds } from '../db/find-deposit-ids.js';
import { declinedEvent, endedVersion } from '../domain/transaction.js';
import { sendBreaks } from '../reconciliation/import-settlement-file.js';
import { firstOfEach } from './first-of-each.js';

/**
 * The ledger has refused. A transfer ends here; a deposit, whose money the provider has taken already, ends when the
 * money has been given back.
 */
export async function declineTransactions(
  context: TransactionContext,
  unit: UnitOfWork,
  messages: readonly Received<TransferDeclined>[],
): Promise<void> {
  const now = new Date(context.clock.now());
  const refused = firstOfEach(messages);
  const causes = new Map(refused.map((message) => [message.value.transactionId, message]));
  const depositIds = await findDepositIds(unit.tx, [...causes.keys()]);

  const transfers = refused.filter(({ value }) => !depositIds.has(value.transactionId));
  const declined = await endUnmovedTransactions(
    unit.tx,
    'decline',
    transfers.map((message) => message.value),
    now,
  );
  for (const transaction of declined) {
    const options = { cause: causes.get(transaction.id)!, aggregateVersion: endedVersion };
    unit.send(TransactionDeclined, transaction.id, declinedEvent(transaction), options);
  }
  const corrections = declined.filter(({ type }) => type === 'adjustment');
  if (corrections.length > 0) {
    const refusals = corrections.map(({ id }) => causes.get(id)!.value);
    sendBreaks(unit, await reopenBreaks(unit.tx, refusals), {});
  }

  const refunds = [...depositIds].map((transactionId) => ({
    transactionId,
    refundReason: causes.get(transactionId)!.value.reason,
  }));
  const due = await advanceDeposits(unit.tx, 'post-declined', refunds, now);
  if (due.size > 0) context.wakeDepositJob();
}
