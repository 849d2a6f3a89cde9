import type {
  BodyOf,
  ScheduledOccurrence,
  ScheduledTransferProgressed,
  ScheduleTransfer,
} from '@florin/contracts';

export type ScheduleStatus = 'active' | 'completed' | 'cancelled';

/** A transfer at a time, or again and again. Times in milliseconds since the Unix epoch. */
export interface ScheduledTransfer extends Omit<BodyOf<ScheduleTransfer>, 'scheduledTransferId'> {
  readonly id: string;
  readonly status: ScheduleStatus;
  /** Why it was cancelled. */
  readonly endReason: string | null;
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
