import type { Refusal } from '../ingress/waiters.js';
import { type MinorUnits, toNumber } from './minor-units.js';

export interface ScheduledTransferRow {
  readonly id: string;
  readonly ownerId: string;
  readonly type: string;
  readonly sourceWalletId: string;
  readonly destinationWalletId: string;
  readonly amount: MinorUnits;
  readonly currency: string;
  readonly description: string | null;
  readonly runAt: Date | null;
  readonly cron: string | null;
  readonly timeZone: string | null;
  readonly endsAt: Date | null;
  readonly missedRunPolicy: string;
  readonly status: string;
  readonly endReason: string | null;
  readonly nextRunAt: Date | null;
  readonly createdAt: Date;
}

export function scheduledTransferResource(row: ScheduledTransferRow) {
  return {
    id: row.id,
    type: row.type,
    status: row.status,
    ...(row.endReason === null ? {} : { endReason: row.endReason }),
    sourceWalletId: row.sourceWalletId,
    destinationWalletId: row.destinationWalletId,
    amount: toNumber(row.amount),
    currency: row.currency,
    description: row.description,
    runAt: row.runAt?.toISOString() ?? null,
    cron: row.cron,
    timeZone: row.timeZone,
    endsAt: row.endsAt?.toISOString() ?? null,
    missedRunPolicy: row.missedRunPolicy,
    nextRunAt: row.nextRunAt?.toISOString() ?? null,
    createdAt: row.createdAt.toISOString(),
  };
}

const refusals: Readonly<Record<string, string>> = {
  'too-many-scheduled-transfers': 'You have as many scheduled transfers that have not ended as one may have.',
  'wallet-closed': 'One of the wallets is closed for ever.',
};

/** What the caller is told whose schedule was refused: in its first version it is cancelled already. */
export function scheduleRefusal(row: {
  readonly version: bigint;
  readonly status: string;
  readonly endReason: string | null;
}): Refusal | undefined {
  if (row.version !== 1n || row.status !== 'cancelled' || row.endReason === null) return undefined;
  const detail = refusals[row.endReason] ?? 'The transfer cannot be scheduled.';
  return { status: 409, code: row.endReason, detail };
}

/** What whoever cancels a schedule is told that ran for the last time before that; undefined when there is nothing to say. */
export function cancellationRefusal({ status }: Pick<ScheduledTransferRow, 'status'>): Refusal | undefined {
  return status === 'completed' ? scheduleEnded(status) : undefined;
}

export function scheduleEnded(status: 'cancelled' | 'completed'): Refusal {
  return { status: 409, code: 'scheduled-transfer-ended', detail: `The schedule is ${status} already.` };
}

/** One time of a schedule; of its transfer nothing is known until it has an outcome. */
export interface OccurrenceRow {
  readonly occursAt: Date;
  readonly outcome: string;
  readonly transactionId: string | null;
  readonly transaction: { readonly status: string; readonly declineReason: string | null } | undefined;
}

export function occurrenceResource({ occursAt, outcome, transactionId, transaction }: OccurrenceRow) {
  const reason = transaction?.declineReason ?? null;
  return {
    occursAt: occursAt.toISOString(),
    status: outcome === 'skipped' ? 'skipped' : (transaction?.status ?? 'pending'),
    ...(reason === null ? {} : { declineReason: reason }),
    transactionId,
  };
}
