import type { TransactionCompleted } from '@florin/contracts';
import type { ApplyBatch } from '@florin/messaging';
import type { StatementEntry } from '../db/insert-entries.js';
import { projectEntries } from '../db/project-entries.js';
import { projectOutcomes } from '../db/project-outcomes.js';
import { balanceEvents } from '../events/balance-events.js';
import type { EventRecorder } from '../events/event-recorder.js';
import { transactionEvents } from '../events/transaction-events.js';
import type { ProjectionAnnouncer } from '../ingress/projection-announcer.js';
import { hopOf } from '../read-models/hop.js';
import { endedTransaction, viewersOf } from '../read-models/transaction.js';
import { newestBy } from './newest-by.js';

/** One event updates the transaction, both statements and both balances: whoever waited for it reads his own write. */
export function onTransactionCompleted(
  announcer: ProjectionAnnouncer,
  clientEvents: EventRecorder,
): ApplyBatch<TransactionCompleted> {
  return async (unit, messages) => {
    const outcomes = newestBy(
      messages.map((message) => ({ event: message.value, hop: hopOf(message, 'transaction') })),
      ({ event }) => event.transactionId,
      ({ event }) => -event.completedAt,
    );
    const entries = outcomes.flatMap(({ event }) => customerEntries(event));
    const viewers = outcomes.flatMap(({ event }) => viewersOf({ ...event, status: 'completed' }));
    const [rows, balances, listeners] = await Promise.all([
      projectOutcomes(unit.tx, outcomes),
      projectEntries(unit, entries),
      clientEvents.listeners(unit, viewers),
    ]);
    const events = [...transactionEvents('transaction.completed', rows), ...balanceEvents(balances, entries)];
    await clientEvents.record(unit, events, listeners);
    announcer.announce(unit, rows.map(endedTransaction));
  };
}

/**
 * The entries of the wallets that the transaction names. The counter-entries of system accounts (cash in, fees) have
 * no statement here. Whether the wallet itself is known yet does not matter: its event travels on another topic.
 */
function customerEntries(event: TransactionCompleted): StatementEntry[] {
  return event.entries
    .filter(({ walletId }) => walletId === event.sourceWalletId || walletId === event.destinationWalletId)
    .map((entry) => ({ transactionId: event.transactionId, postedAt: event.completedAt, ...entry }));
}
