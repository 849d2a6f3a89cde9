import { type Hop, type Message, TransactionDeclined, TransactionFailed } from '@florin/contracts';
import type { Received, UnitOfWork } from '@florin/messaging';
import { endUnmovedTransactions, type Refusal } from '../db/end-unmoved-transactions.js';
import { refusalStep } from '../domain/refusal.js';
import { declinedEvent, endedVersion, failedEvent, type Transaction } from '../domain/transaction.js';

/** The answers of the ledger, by transaction, and what of their way belongs into the timeline. */
export interface RefusalSource {
  readonly causes: ReadonlyMap<string, Received<Message>>;
  readonly hopsOf: (transaction: Transaction) => readonly Hop[];
}

/** Ends what the ledger has refused, declined, or failed when it was asked too late, and returns what has ended by it. */
export async function endRefused(
  unit: UnitOfWork,
  refusals: readonly Refusal[],
  { causes, hopsOf }: RefusalSource,
  now: Date,
): Promise<readonly Transaction[]> {
  const end = (step: 'decline' | 'fail') => {
    const own = refusals.filter(({ reason }) => refusalStep(reason) === step);
    return endUnmovedTransactions(unit.tx, step, own, now);
  };
  const optionsOf = (id: string) => ({ cause: causes.get(id)!, aggregateVersion: endedVersion });
  const declined = await end('decline');
  for (const transaction of declined) {
    const event = declinedEvent(transaction, hopsOf(transaction));
    unit.send(TransactionDeclined, transaction.id, event, optionsOf(transaction.id));
  }
  const failed = await end('fail');
  for (const transaction of failed) {
    const event = failedEvent(transaction, hopsOf(transaction));
    unit.send(TransactionFailed, transaction.id, event, optionsOf(transaction.id));
  }
  return [...declined, ...failed];
}
