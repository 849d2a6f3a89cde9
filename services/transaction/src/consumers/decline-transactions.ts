import type { TransferDeclined } from '@florin/contracts';
import type { Received, UnitOfWork } from '@florin/messaging';
import type { TransactionContext } from '../context.js';
import { advanceDeposits } from '../db/advance-deposits.js';
import { reopenBreaks } from '../db/change-breaks.js';
import type { Refusal } from '../db/end-unmoved-transactions.js';
import { findDepositIds } from '../db/find-deposit-ids.js';
import { postingCommandOf } from '../domain/hop.js';
import { sendBreaks } from '../reconciliation/import-settlement-file.js';
import { endRefused } from './end-refused.js';
import { firstOfEach } from './first-of-each.js';
import { hopsOf } from './hops-of.js';

/**
 * The ledger has refused. A transfer ends here, declined, or failed when it was asked too late; a deposit, whose money
 * the provider has taken already, ends when the money has been given back.
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
  const refusals = refused
    .map(({ value }): Refusal => value)
    .filter(({ transactionId }) => !depositIds.has(transactionId));

  const ended = await endRefused(
    unit,
    refusals,
    { causes, hopsOf: (transaction) => hopsOf(causes.get(transaction.id)!, postingCommandOf(transaction)) },
    now,
  );
  const corrections = ended.filter(({ type }) => type === 'adjustment');
  if (corrections.length > 0) {
    const reasons = corrections.map(({ id }) => causes.get(id)!.value);
    sendBreaks(unit, await reopenBreaks(unit.tx, reasons), {});
  }

  const refunds = [...depositIds].map((transactionId) => {
    const cause = causes.get(transactionId)!;
    return { transactionId, refundReason: cause.value.reason, hops: hopsOf(cause, 'PostDeposit') };
  });
  const due = await advanceDeposits(unit.tx, 'post-declined', refunds, now);
  if (due.size > 0) unit.afterCommit(() => context.wakeDepositJob());
}
