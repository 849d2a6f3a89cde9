import { type ReversalDeclined, TransactionDeclined, TransactionFailed } from '@florin/contracts';
import type { Received, UnitOfWork } from '@florin/messaging';
import type { TransactionContext } from '../context.js';
import { endUnmovedTransactions } from '../db/end-unmoved-transactions.js';
import { refusalStep } from '../domain/refusal.js';
import { declinedEvent, endedVersion, failedEvent } from '../domain/transaction.js';
import { firstOfEach } from './first-of-each.js';

/** The ledger has refused to move money back, or was asked too late; the original stays as it is. */
export async function declineReversals(
  context: TransactionContext,
  unit: UnitOfWork,
  messages: readonly Received<ReversalDeclined>[],
): Promise<void> {
  const refused = firstOfEach(messages);
  const causes = new Map(refused.map((message) => [message.value.transactionId, message]));
  const now = new Date(context.clock.now());
  const end = (step: 'decline' | 'fail') => {
    const refusals = refused.map(({ value }) => value).filter(({ reason }) => refusalStep(reason) === step);
    return endUnmovedTransactions(unit.tx, step, refusals, now);
  };
  const optionsOf = (id: string) => ({ cause: causes.get(id)!, aggregateVersion: endedVersion });
  for (const transaction of await end('decline')) {
    unit.send(TransactionDeclined, transaction.id, declinedEvent(transaction), optionsOf(transaction.id));
  }
  for (const transaction of await end('fail')) {
    unit.send(TransactionFailed, transaction.id, failedEvent(transaction), optionsOf(transaction.id));
  }
}
