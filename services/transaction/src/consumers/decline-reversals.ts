import { type ReversalDeclined, TransactionDeclined } from '@florin/contracts';
import type { Received, UnitOfWork } from '@florin/messaging';
import type { TransactionContext } from '../context.js';
import { endUnmovedTransactions } from '../db/end-unmoved-transactions.js';
import { declinedEvent, endedVersion } from '../domain/transaction.js';
import { firstOfEach } from './first-of-each.js';

/** The ledger has refused to move money back; the original stays as it is. */
export async function declineReversals(
  context: TransactionContext,
  unit: UnitOfWork,
  messages: readonly Received<ReversalDeclined>[],
): Promise<void> {
  const refused = firstOfEach(messages);
  const causes = new Map(refused.map((message) => [message.value.transactionId, message]));
  const values = refused.map((message) => message.value);
  const now = new Date(context.clock.now());
  for (const transaction of await endUnmovedTransactions(unit.tx, 'decline', values, now)) {
    const options = { cause: causes.get(transaction.id)!, aggregateVersion: endedVersion };
    unit.send(TransactionDeclined, transaction.id, declinedEvent(transaction), options);
  }
}
