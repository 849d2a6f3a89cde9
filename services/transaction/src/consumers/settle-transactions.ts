import { TransactionCompleted, type TransferPosted } from '@florin/contracts';
import type { Received, UnitOfWork } from '@florin/messaging';
import type { TransactionContext } from '../context.js';
import { advanceDeposits } from '../db/advance-deposits.js';
import { finishAdjustments } from '../db/change-breaks.js';
import { completeTransactions } from '../db/complete-transactions.js';
import { postingCommandOf } from '../domain/hop.js';
import { completedEvent, endedVersion, type Transaction } from '../domain/transaction.js';
import { sendBreaks } from '../reconciliation/import-settlement-file.js';
import { firstOfEach } from './first-of-each.js';
import { hopsOf } from './hops-of.js';

/** The ledger has moved the money: the transactions are completed, once, and the entries are passed on. */
export async function settleTransactions(
  context: TransactionContext,
  unit: UnitOfWork,
  messages: readonly Received<TransferPosted>[],
): Promise<void> {
  const posted = firstOfEach(messages);
  const completed = await completeTransactions(
    unit.tx,
    posted.map((message) => message.value),
  );
  const deposits = completed.filter((transaction) => transaction.sourceWalletId === null);
  await advanceDeposits(
    unit.tx,
    'posted',
    deposits.map(({ id }) => ({ transactionId: id })),
    new Date(context.clock.now()),
  );
  const causes = new Map(posted.map((message) => [message.value.transactionId, message]));
  for (const transaction of completed) {
    const cause = causes.get(transaction.id)!;
    const hops = hopsOf(cause, postingCommandOf(transaction));
    const event = completedEvent(transaction, cause.value.entries, hops, cause.value.exchange);
    unit.send(TransactionCompleted, transaction.id, event, { cause, aggregateVersion: endedVersion });
  }
  await finishBreaks(context, unit, completed);
}

/** Corrections are rare, and everything else need not pay a query for them. */
async function finishBreaks(
  context: TransactionContext,
  unit: UnitOfWork,
  completed: readonly Transaction[],
): Promise<void> {
  const adjustments = completed.filter(({ type }) => type === 'adjustment').map(({ id }) => id);
  if (adjustments.length === 0) return;
  sendBreaks(unit, await finishAdjustments(unit.tx, adjustments, new Date(context.clock.now())), {});
}
