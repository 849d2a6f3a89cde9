import { ScheduledTransferProgressed, type ScheduleTransfer } from '@florin/contracts';
import { PermanentError, type Received, type UnitOfWork } from '@florin/messaging';
import type { TransactionContext } from '../context.js';
import { insertScheduledTransfer } from '../db/insert-scheduled-transfer.js';
import { firstRun } from '../domain/first-run.js';
import { progressedEvent, type ScheduledTransfer } from '../domain/scheduled-transfer.js';
import { occurrencesOf } from '../schedules/occurrences-of.js';

/** Stores schedules, one at a time: they are few. One that is known already is left alone. */
export async function scheduleTransfers(
  context: TransactionContext,
  unit: UnitOfWork,
  messages: readonly Received<ScheduleTransfer>[],
): Promise<void> {
  for (const message of messages) {
    const { meta, scheduledTransferId: id, ...facts } = message.value;
    const nextRunAt = firstRun(facts, occurrencesOf(facts), meta.occurredAt);
    // The edge has checked that there is one.
    if (nextRunAt === undefined)
      throw new PermanentError('schedule-empty', `schedule ${id} has no occurrence`);
    const schedule: ScheduledTransfer = {
      id,
      ...facts,
      status: 'active',
      endReason: null,
      nextRunAt,
      version: 1,
      actor: meta.actor,
      createdAt: meta.occurredAt,
    };
    if (!(await insertScheduledTransfer(unit.tx, schedule))) continue;
    const options = { cause: message, aggregateVersion: schedule.version };
    unit.send(ScheduledTransferProgressed, id, progressedEvent(schedule, []), options);
    context.wakeScheduler();
  }
}
