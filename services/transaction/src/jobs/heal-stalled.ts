import { TransactionStalled } from '@florin/contracts';
import type { UnitOfWork } from '@florin/messaging';
import { every, type Job } from '@florin/runtime';
import type { TransactionContext } from '../context.js';
import { findDueStalled, type StalledTransaction } from '../db/find-due-stalled.js';
import { forgetEndedStalled } from '../db/forget-ended-stalled.js';
import { noticeStalled } from '../db/notice-stalled.js';
import { postponeStalled } from '../db/postpone-stalled.js';
import { tryJobLock } from '../db/try-job-lock.js';
import { deadlineFor, pauseBeforeAskingMs } from '../domain/stall.js';
import { askAgain, originOf } from './ask-again.js';
import type { StallCounters } from './stall-metrics.js';

/** What one run does at most, so that an hour of outage is worked off in small transactions. */
const batchSize = 500;

/** Looks after transactions whose outcome is overdue: a lost message must not keep a customer waiting for ever. */
export function healStalledJob(context: TransactionContext, counters: StallCounters): Job {
  const { config, logger } = context;
  const work = async (signal: AbortSignal): Promise<void> => {
    for (;;) {
      const { asked, healed, isDone } = await healStalled(context);
      counters.asked.inc(asked);
      counters.healed.inc(healed);
      if (asked > 0 || healed > 0) logger.info({ asked, healed }, 'overdue transactions looked after');
      if (isDone || signal.aborted) return;
    }
  };
  return every(config.TRANSACTION_SWEEP_INTERVAL_MS, work, { name: 'heal-stalled', logger });
}

/** One run, in one transaction. Any number of instances may run it: one at a time works. */
async function healStalled(
  context: TransactionContext,
): Promise<{ readonly asked: number; readonly healed: number; readonly isDone: boolean }> {
  const { config, clock, messaging } = context;
  const now = clock.now();
  return messaging.transaction(async (unit) => {
    if (!(await tryJobLock(unit.tx, 'heal-stalled'))) return { asked: 0, healed: 0, isDone: true };
    const before = new Date(now - config.TRANSACTION_PATIENCE_MS);
    const noticed = await noticeStalled(unit.tx, { before, now: new Date(now), limit: batchSize });
    const healed = await forgetEndedStalled(unit.tx);
    const due = await findDueStalled(unit.tx, { now: new Date(now), limit: batchSize });
    const asked = due.filter((transaction) => ask(context, unit, transaction, now)).length;
    await postponeStalled(
      unit.tx,
      due.map(({ id, attempts }) => ({
        transactionId: id,
        nextAttemptAt: new Date(
          now + pauseBeforeAskingMs(config.TRANSACTION_PATIENCE_MS, attempts, Math.random()),
        ),
      })),
    );
    return { asked, healed, isDone: noticed < batchSize && due.length < batchSize };
  });
}

/** True when something could be sent. */
function ask(
  { config }: TransactionContext,
  unit: UnitOfWork,
  transaction: StalledTransaction,
  now: number,
): boolean {
  const receivedAt = transaction.receivedAt.getTime();
  const deadlineAt = deadlineFor(receivedAt, config.TRANSACTION_TIMEOUT_MS, now);
  const { waitingFor, sent } = askAgain(unit, transaction, deadlineAt);
  const hops = sent ? [{ service: 'transaction', ...sent, at: now, traceId: transaction.traceId }] : [];
  const body = { transactionId: transaction.id, waitingFor, since: receivedAt, hops };
  const attempts = transaction.attempts + (sent ? 1 : 0);
  unit.send(TransactionStalled, transaction.id, { ...body, attempts }, originOf(transaction));
  return sent !== undefined;
}
