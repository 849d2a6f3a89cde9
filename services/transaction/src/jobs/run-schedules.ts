import { ScheduledTransferProgressed, SubmitTransfer } from '@florin/contracts';
import type { UnitOfWork } from '@florin/messaging';
import type { TransactionContext } from '../context.js';
import { advanceSchedules } from '../db/advance-schedules.js';
import { cancelSchedules } from '../db/cancel-schedules.js';
import { findClosedWallets } from '../db/find-closed-wallets.js';
import { findDueSchedules } from '../db/find-due-schedules.js';
import { holdSchedule } from '../db/hold-schedule.js';
import { insertOccurrences, type OccurrenceRow } from '../db/insert-occurrences.js';
import { type DueSchedules, lockDueSchedules } from '../db/lock-due-schedules.js';
import { occurrenceTransactionId } from '../domain/occurrence-id.js';
import { type MissedRunPolicy, planOccurrences } from '../domain/schedule.js';
import { progressedEvent, type ScheduledTransfer } from '../domain/scheduled-transfer.js';
import { occurrencesOf } from '../schedules/occurrences-of.js';
import type { ScheduleCounters } from './schedule-metrics.js';

/** Each may make up for a hundred occurrences, and all of them share a transaction. */
const batchSize = 20;

/** One that cannot be run is tried again after that: soon enough that a passing trouble makes it miss nothing. */
const holdMs = 60_000;

interface Run {
  readonly schedule: ScheduledTransfer;
  readonly occurrences: readonly OccurrenceRow[];
}

/**
 * Runs schedules that are due and returns how many there were. When they cannot be run together they are run one by one, and
 * whichever fails alone is held back: one bad schedule does not keep the payments of all customers waiting.
 */
export async function runSchedules(context: TransactionContext, counters: ScheduleCounters): Promise<number> {
  try {
    return await runTogether(context, { limit: batchSize });
  } catch (error) {
    context.logger.warn({ err: error }, 'schedules cannot be run together, they are run one by one');
    return runOneByOne(context, counters);
  }
}

async function runOneByOne(context: TransactionContext, counters: ScheduleCounters): Promise<number> {
  const { clock, database, logger } = context;
  const due = await findDueSchedules(database, { now: new Date(clock.now()), limit: batchSize });
  for (const id of due) {
    try {
      await runTogether(context, { id });
    } catch (error) {
      counters.failedRuns.inc();
      logger.error({ err: error, scheduledTransferId: id }, 'a schedule cannot be run and is held back');
      await holdSchedule(database, id, new Date(clock.now() + holdMs));
    }
  }
  return due.length;
}

/**
 * Submits the transfers of schedules that are due, and returns how many schedules there were. The occurrences, the step to the
 * next one and the messages commit together; instances take different schedules, and whichever dies leaves them as they
 * were. A transfer that is declined later is a declined transaction, and its schedule goes on.
 */
function runTogether(context: TransactionContext, which: DueSchedules): Promise<number> {
  const { clock, messaging } = context;
  return messaging.transaction(async (unit) => {
    const now = clock.now();
    const due = await lockDueSchedules(unit.tx, which, new Date(now));
    if (due.length === 0) return 0;
    const open = await endOvertaken(unit, due);
    if (open.length === 0) return due.length;
    const runs = open.map((schedule) => planRun(schedule, now));
    await insertOccurrences(
      unit.tx,
      runs.flatMap(({ occurrences }) => occurrences),
      new Date(now),
    );
    await advanceSchedules(
      unit.tx,
      runs.map(({ schedule }) => schedule),
    );
    for (const run of runs) sendRun(unit, run);
    return due.length;
  });
}

/** Ends those of which a wallet was closed while they were being made, and returns the others. */
async function endOvertaken(
  unit: UnitOfWork,
  due: readonly ScheduledTransfer[],
): Promise<readonly ScheduledTransfer[]> {
  const walletsOf = (one: ScheduledTransfer) => [one.sourceWalletId, one.destinationWalletId];
  const closed = await findClosedWallets(unit.tx, due.flatMap(walletsOf));
  if (closed.size === 0) return due;
  const isOvertaken = (one: ScheduledTransfer) => walletsOf(one).some((id) => closed.has(id));
  const overtaken = due.filter(isOvertaken).map(({ id }) => ({ id, reason: 'wallet-closed' as const }));
  for (const schedule of await cancelSchedules(unit.tx, overtaken)) {
    const event = progressedEvent(schedule, []);
    unit.send(ScheduledTransferProgressed, schedule.id, event, { aggregateVersion: schedule.version });
  }
  return due.filter((one) => !isOvertaken(one));
}

/** The schedule as it is after its occurrences. */
function planRun(schedule: ScheduledTransfer, now: number): Run {
  const { id, nextRunAt, version } = schedule;
  const { occurrences, nextRunAt: later } = planOccurrences(
    {
      nextRunAt: nextRunAt!,
      missedRunPolicy: schedule.missedRunPolicy as MissedRunPolicy,
      next: occurrencesOf(schedule),
    },
    now,
  );
  return {
    schedule: {
      ...schedule,
      nextRunAt: later,
      status: later === null ? 'completed' : 'active',
      version: version + 1,
    },
    occurrences: occurrences.map(({ occursAt, outcome }) => ({
      scheduledTransferId: id,
      occursAt,
      outcome,
      transactionId: outcome === 'submitted' ? occurrenceTransactionId(id, occursAt) : null,
    })),
  };
}

function sendRun(unit: UnitOfWork, { schedule, occurrences }: Run): void {
  const { id, actor, version, ...facts } = schedule;
  const from = { actor: actor ?? undefined };
  for (const { transactionId } of occurrences) {
    if (transactionId === null) continue;
    const body = {
      transactionId,
      type: facts.type,
      sourceWalletId: facts.sourceWalletId,
      sourceWalletType: facts.sourceWalletType,
      sourceOwnerId: facts.ownerId,
      sourceTimeZone: facts.sourceTimeZone,
      destinationWalletId: facts.destinationWalletId,
      destinationWalletType: facts.destinationWalletType,
      destinationOwnerId: facts.destinationOwnerId,
      amount: facts.amount,
      currency: facts.currency,
      description: facts.description,
      quoteId: null,
      destinationCurrency: null,
      origin: { kind: 'scheduled-transfer', id },
    };
    unit.send(SubmitTransfer, transactionId, body, from);
  }
  const event = progressedEvent(
    schedule,
    occurrences.map(({ scheduledTransferId: _, ...occurrence }) => occurrence),
  );
  unit.send(ScheduledTransferProgressed, id, event, { ...from, aggregateVersion: version });
}
