import { type BodyOf, type PostBulk, TransactionStalled } from '@florin/contracts';
import type { UnitOfWork } from '@florin/messaging';
import { every, type Job } from '@florin/runtime';
import type { TransactionContext } from '../context.js';
import { findDueStalled, type StalledTransaction } from '../db/find-due-stalled.js';
import { findPostedBulks } from '../db/find-posted-bulks.js';
import { forgetEndedStalled } from '../db/forget-ended-stalled.js';
import { noticeStalled } from '../db/notice-stalled.js';
import { postponeStalled } from '../db/postpone-stalled.js';
import { tryJobLock } from '../db/try-job-lock.js';
import { deadlineFor, pauseBeforeAskingMs } from '../domain/stall.js';
import { type AskedAgain, askAgain, originOf } from './ask-again.js';
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
    const bulks = await findPostedBulks(unit.tx, due.filter(isBulkItem).map(groupOf));
    const groups = new Map<string, Group>();
    for (const transaction of due) {
      const key = groupOf(transaction);
      const group = groups.get(key) ?? ask(context, unit, transaction, { now, bulks });
      groups.set(key, group);
      tell(unit, transaction, group.asked, now);
    }
    await postponeStalled(
      unit.tx,
      due.map((transaction) => {
        const { asked, nextAttemptAt } = groups.get(groupOf(transaction))!;
        return { transactionId: transaction.id, nextAttemptAt, waitingFor: asked.waitingFor };
      }),
    );
    const asked = [...groups.values()].filter((group) => group.asked.sent).length;
    return { asked, healed, isDone: noticed < batchSize && due.length < batchSize };
  });
}

/** Overdue transactions that one command asks for: one, or the items of a bulk, which stay together. */
interface Group {
  readonly asked: AskedAgain;
  readonly nextAttemptAt: Date;
}

function isBulkItem({ request, originId }: StalledTransaction): boolean {
  return request === 'PostBulk' && originId !== null;
}

function groupOf(transaction: StalledTransaction): string {
  return isBulkItem(transaction) ? transaction.originId! : transaction.id;
}

function ask(
  { config }: TransactionContext,
  unit: UnitOfWork,
  transaction: StalledTransaction,
  { now, bulks }: { readonly now: number; readonly bulks: ReadonlyMap<string, BodyOf<PostBulk>> },
): Group {
  const deadlineAt = deadlineFor(transaction.receivedAt.getTime(), config.TRANSACTION_TIMEOUT_MS, now);
  const { TRANSACTION_PATIENCE_MS: patienceMs } = config;
  const pauseMs = pauseBeforeAskingMs(patienceMs, transaction.attempts, Math.random());
  const asked = askAgain(unit, transaction, deadlineAt, bulks);
  return { asked, nextAttemptAt: new Date(now + pauseMs) };
}

/** Tells what was sent again, and who owes the outcome when nothing can be sent: that once, and not at every look. */
function tell(unit: UnitOfWork, transaction: StalledTransaction, asked: AskedAgain, now: number): void {
  const { waitingFor, sent } = asked;
  if (!sent && transaction.toldWaitingFor === waitingFor) return;
  const hops = sent ? [{ service: 'transaction', ...sent, at: now, traceId: transaction.traceId }] : [];
  const since = transaction.receivedAt.getTime();
  const attempts = transaction.attempts + (sent ? 1 : 0);
  const body = { transactionId: transaction.id, waitingFor, since, hops, attempts };
  unit.send(TransactionStalled, transaction.id, body, originOf(transaction));
}
