import type { TransactionDeclined } from '@florin/contracts';
import type { ApplyBatch } from '@florin/messaging';
import { projectOutcomes } from '../db/project-outcomes.js';
import type { EventRecorder } from '../events/event-recorder.js';
import { transactionEvents } from '../events/transaction-events.js';
import type { ProjectionAnnouncer } from '../ingress/projection-announcer.js';
import { hopOf } from '../read-models/hop.js';
import { endedTransaction } from '../read-models/transaction.js';
import { newestBy } from './newest-by.js';

export function onTransactionDeclined(
  announcer: ProjectionAnnouncer,
  clientEvents: EventRecorder,
): ApplyBatch<TransactionDeclined> {
  return async (unit, messages) => {
    const outcomes = newestBy(
      messages.map((message) => ({ event: message.value, hop: hopOf(message, 'transaction') })),
      ({ event }) => event.transactionId,
      ({ event }) => -event.meta.occurredAt,
    );
    const rows = await projectOutcomes(unit.tx, outcomes);
    await clientEvents.record(unit, transactionEvents('transaction.declined', rows));
    announcer.announce(unit, rows.map(endedTransaction));
  };
}
