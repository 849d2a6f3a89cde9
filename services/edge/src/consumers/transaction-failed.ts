import type { TransactionFailed } from '@florin/contracts';
import type { ApplyBatch } from '@florin/messaging';
import { projectOutcomes } from '../db/project-outcomes.js';
import type { EventRecorder } from '../events/event-recorder.js';
import { transactionEvents } from '../events/transaction-events.js';
import type { ProjectionAnnouncer } from '../ingress/projection-announcer.js';
import { hopOf } from '../read-models/hop.js';
import { endedTransaction } from '../read-models/transaction.js';
import { newestBy } from './newest-by.js';

export function onTransactionFailed(
  announcer: ProjectionAnnouncer,
  clientEvents: EventRecorder,
): ApplyBatch<TransactionFailed> {
  return async (unit, messages) => {
    const outcomes = newestBy(
      messages.map((message) => ({ event: message.value, hop: hopOf(message, 'transaction') })),
      ({ event }) => event.transactionId,
      ({ event }) => -event.meta.occurredAt,
    );
    const rows = await projectOutcomes(unit.tx, outcomes);
    await clientEvents.record(unit, transactionEvents('transaction.failed', rows));
    announcer.announce(unit, rows.map(endedTransaction));
  };
}
