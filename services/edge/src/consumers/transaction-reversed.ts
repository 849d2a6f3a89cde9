import type { TransactionReversed } from '@florin/contracts';
import { type ApplyBatch, RetryableError } from '@florin/messaging';
import { findEndedTransactions } from '../db/find-ended-transactions.js';
import { projectReversals } from '../db/project-reversals.js';
import type { EventRecorder } from '../events/event-recorder.js';
import { transactionResource, viewersOf } from '../read-models/transaction.js';
import { newestBy } from './newest-by.js';

/**
 * What of a transaction was given back. Nobody waits for it: the call that reverses waits for its own transaction. The
 * entries arrive by `TransferReversed`.
 */
export function onTransactionReversed(clientEvents: EventRecorder): ApplyBatch<TransactionReversed> {
  return async (unit, messages) => {
    const events = newestBy(
      messages.map(({ value }) => value),
      (event) => event.transactionId,
      (event) => event.reversedAmount,
    );
    const times = new Map(events.map(({ transactionId, meta }) => [transactionId, meta.occurredAt]));
    const rows = await projectReversals(unit.tx, events);
    const changed = new Set(rows.map(({ id }) => id));
    const others = events.map((event) => event.transactionId).filter((id) => !changed.has(id));
    const ended = await findEndedTransactions(unit.tx, others);
    for (const id of others) {
      // What completes it comes first on the same key: it is on a retry topic.
      if (!ended.has(id))
        throw new RetryableError('transaction-not-ended', `transaction ${id} has not ended`);
    }
    await clientEvents.record(
      unit,
      rows.map((row) => ({
        type: 'transaction.reversed',
        subjectId: row.id,
        ownerIds: viewersOf(row),
        occurredAt: times.get(row.id)!,
        data: transactionResource(row),
      })),
    );
  };
}
