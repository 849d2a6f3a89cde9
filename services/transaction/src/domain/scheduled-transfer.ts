import type {
  BodyOf,
  ScheduledOccurrence,
  ScheduledTransferProgressed,
  ScheduleTransfer,
} from '@florin/contracts';

export type ScheduleStatus = 'active' | 'completed' | 'cancelled';

/** A customer's open schedules: each of them is work for the platform until it ends. The edge refuses most of the others. */
export const maxOpenSchedules = 100;

/** Why a schedule is none from the start. */
export type ScheduleRefusal = 'wallet-closed' | 'too-many-scheduled-transfers';

/** Why a schedule was cancelled. */
export type EndReason = ScheduleRefusal | 'by-customer' | 'by-api-key' | 'by-platform';

/** A transfer at a time, or again and again. Times in milliseconds since the Unix epoch. */
export interface ScheduledTransfer extends Omit<BodyOf<ScheduleTransfer>, 'scheduledTransferId'> {
  readonly id: string;
  readonly status: ScheduleStatus;
  /** Why it was cancelled. */
  readonly endReason: EndReason | null;
  readonly nextRunAt: number | null;
  readonly version: number;
  /** Who asked for it, and so for every occurrence. */
  readonly actor: string | null;
  readonly createdAt: number;
}

export function progressedEvent(
  schedule: ScheduledTransfer,
  occurrences: readonly ScheduledOccurrence[],
): BodyOf<ScheduledTransferProgressed> {
  const { id: scheduledTransferId, version: _, actor: _actor, ...facts } = schedule;
  return { scheduledTransferId, ...facts, occurrences };
}

/** Undefined when it may be made. */
export function refuseSchedule(facts: {
  readonly hasClosedWallet: boolean;
  /** Of its owner, without it. */
  readonly openSchedules: number;
}): ScheduleRefusal | undefined {
  if (facts.hasClosedWallet) return 'wallet-closed';
  return facts.openSchedules < maxOpenSchedules ? undefined : 'too-many-scheduled-transfers';
}

/** @param actor who has cancelled it, as the envelope of a message has it */
export function cancelledBy(actor: string | null): EndReason {
  const [kind] = (actor ?? '').split(':');
  if (kind === 'customer') return 'by-customer';
  return kind === 'key' ? 'by-api-key' : 'by-platform';
}
