import { type CancelScheduledTransfer, ScheduledTransferProgressed } from '@florin/contracts';
import { type Received, RetryableError, type UnitOfWork } from '@florin/messaging';
import { cancelSchedules } from '../db/cancel-schedules.js';
import { cancelledBy, progressedEvent } from '../domain/scheduled-transfer.js';

/**
 * Ends schedules. One that has ended already says so again: whoever asked waits for an answer. One that is not known yet has
 * been overtaken, its own message waits to be tried again: to forget the cancellation would be to pay for ever.
 */
export async function cancelScheduledTransfers(
  unit: UnitOfWork,
  messages: readonly Received<CancelScheduledTransfer>[],
): Promise<void> {
  // Of several who cancel the same schedule the first has.
  const causes = new Map(
    messages.toReversed().map((message) => [message.value.scheduledTransferId, message]),
  );
  const cancelled = await cancelSchedules(
    unit.tx,
    [...causes].map(([id, { value }]) => ({ id, reason: cancelledBy(value.meta.actor) })),
  );
  const known = new Set(cancelled.map(({ id }) => id));
  for (const id of causes.keys()) {
    if (!known.has(id)) throw new RetryableError('schedule-unknown', `schedule ${id} is not known yet`);
  }
  for (const schedule of cancelled) {
    unit.send(ScheduledTransferProgressed, schedule.id, progressedEvent(schedule, []), {
      cause: causes.get(schedule.id)!,
      aggregateVersion: schedule.version,
    });
  }
}
