import { TransactionCompleted, TransactionReversed, type TransferReversed } from '@florin/contracts';
import { type Received, RetryableError, type UnitOfWork } from '@florin/messaging';
import { completeReversals } from '../db/complete-reversals.js';
import { findPending } from '../db/find-pending.js';
import { reverseTransactions } from '../db/reverse-transactions.js';
import { completedEvent, endedVersion, reversedEvent, reversedVersion } from '../domain/transaction.js';
import { firstOfEach } from './first-of-each.js';
import { hopsOf } from './hops-of.js';

/** The ledger has moved money back: the reversals are completed, and their originals say how much of them is gone. */
export async function settleReversals(
  unit: UnitOfWork,
  messages: readonly Received<TransferReversed>[],
): Promise<void> {
  const posted = firstOfEach(messages);
  const values = posted.map((message) => message.value);
  const [pending] = await findPending(
    unit.tx,
    values.map(({ originalTransactionId }) => originalTransactionId),
  );
  // `TransferPosted` comes first on the same key: it is on a retry topic, or a dead letter.
  if (pending) throw new RetryableError('transaction-not-ended', `transaction ${pending} has not ended`);
  const causes = new Map(posted.map((message) => [message.value.transactionId, message]));
  for (const reversal of await completeReversals(unit.tx, values)) {
    const cause = causes.get(reversal.id)!;
    const event = completedEvent(
      reversal,
      cause.value.entries,
      hopsOf(cause, 'ReverseTransfer'),
      cause.value.exchange,
    );
    unit.send(TransactionCompleted, reversal.id, event, { cause, aggregateVersion: endedVersion });
  }
  const lastOf = new Map(posted.map((message) => [message.value.originalTransactionId, message]));
  const originals = await reverseTransactions(
    unit.tx,
    values.map(({ originalTransactionId: transactionId, remaining }) => ({ transactionId, remaining })),
  );
  for (const original of originals) {
    const options = {
      cause: lastOf.get(original.id)!,
      aggregateVersion: reversedVersion(original.reversedAmount),
    };
    unit.send(TransactionReversed, original.id, reversedEvent(original), options);
  }
}
