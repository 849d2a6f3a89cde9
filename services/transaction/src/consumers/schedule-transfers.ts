import { ScheduledTransferProgressed, type ScheduleTransfer } from '@florin/contracts';
import { PermanentError, type Received, type UnitOfWork } from '@florin/messaging';
import type { TransactionContext } from '../context.js';
import { countOpenSchedules } from '../db/count-open-schedules.js';
import { findClosedWallets } from '../db/find-closed-wallets.js';
import { insertScheduledTransfer } from '../db/insert-scheduled-transfer.js';
import { lockScheduleOwners } from '../db/lock-schedule-owners.js';
import { firstRun } from '../domain/first-run.js';
import {
  progressedEvent,
  refuseSchedule,
  type ScheduledTransfer,
  type ScheduleRefusal,
} from '../domain/scheduled-transfer.js';
import { occurrencesOf } from '../schedules/occurrences-of.js';

/**
 * Stores schedules; one that is known already is left alone. The edge has refused what it knew to be hopeless; what has
 * come at the same time, or after the closing of a wallet, is refused here, and stored as cancelled: a cancellation that
 * was under way finds it.
 */
export async function scheduleTransfers(
  context: TransactionContext,
  unit: UnitOfWork,
  messages: readonly Received<ScheduleTransfer>[],
): Promise<void> {
  const ownerIds = messages.map(({ value }) => value.ownerId);
  await lockScheduleOwners(unit.tx, ownerIds);
  const open = await countOpenSchedules(unit.tx, ownerIds);
  const closed = await findClosedWallets(
    unit.tx,
    messages.flatMap(({ value }) => [value.sourceWalletId, value.destinationWalletId]),
  );
  for (const message of messages) {
    const { ownerId, sourceWalletId, destinationWalletId } = message.value;
    const refusal = refuseSchedule({
      hasClosedWallet: closed.has(sourceWalletId) || closed.has(destinationWalletId),
      openSchedules: open.get(ownerId) ?? 0,
    });
    const schedule = scheduleOf(message.value, refusal);
    if (!(await insertScheduledTransfer(unit.tx, schedule))) continue;
    const options = { cause: message, aggregateVersion: schedule.version };
    unit.send(ScheduledTransferProgressed, schedule.id, progressedEvent(schedule, []), options);
    if (schedule.status !== 'active') continue;
    open.set(ownerId, (open.get(ownerId) ?? 0) + 1);
    unit.afterCommit(() => context.wakeScheduler());
  }
}

function scheduleOf(command: ScheduleTransfer, refusal: ScheduleRefusal | undefined): ScheduledTransfer {
  const { meta, scheduledTransferId: id, ...facts } = command;
  const base = { id, ...facts, version: 1, actor: meta.actor, createdAt: meta.occurredAt };
  if (refusal) {
    return { ...base, description: null, status: 'cancelled', endReason: refusal, nextRunAt: null };
  }
  const nextRunAt = firstRun(facts, occurrencesOf(facts), meta.occurredAt);
  // The edge has checked that there is one.
  if (nextRunAt === undefined) throw new PermanentError('schedule-empty', `schedule ${id} has no occurrence`);
  return { ...base, status: 'active', endReason: null, nextRunAt };
}
