import { ScheduledTransferProgressed, type WalletStatusChanged } from '@florin/contracts';
import type { Received, UnitOfWork } from '@florin/messaging';
import { cancelSchedules } from '../db/cancel-schedules.js';
import { findSchedulesOfWallets } from '../db/find-schedules-of-wallets.js';
import { insertClosedWallets } from '../db/insert-closed-wallets.js';
import { progressedEvent } from '../domain/scheduled-transfer.js';

/**
 * A closed wallet is never opened again: its schedules would only collect declines, for ever. It is remembered for those
 * that come later: a schedule that is being made at this moment is ended before its first occurrence.
 */
export async function endSchedulesOfWallets(
  unit: UnitOfWork,
  messages: readonly Received<WalletStatusChanged>[],
): Promise<void> {
  const closed = messages.filter(({ value }) => value.status === 'closed');
  if (closed.length === 0) return;
  const walletIds = closed.map(({ value }) => value.walletId);
  await insertClosedWallets(unit.tx, walletIds);
  const scheduleIds = await findSchedulesOfWallets(unit.tx, walletIds);
  if (scheduleIds.length === 0) return;
  const causes = new Map(closed.map((message) => [message.value.walletId, message]));
  const cancellations = scheduleIds.map((id) => ({ id, reason: 'wallet-closed' as const }));
  for (const schedule of await cancelSchedules(unit.tx, cancellations)) {
    const cause = causes.get(schedule.sourceWalletId) ?? causes.get(schedule.destinationWalletId);
    const options = { cause, aggregateVersion: schedule.version };
    unit.send(ScheduledTransferProgressed, schedule.id, progressedEvent(schedule, []), options);
  }
}
