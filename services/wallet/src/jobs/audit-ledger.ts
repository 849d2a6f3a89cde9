import { setTimeout as delay } from 'node:timers/promises';
import { BalancesAudited, LedgerAuditProgressed } from '@florin/contracts';
import type { UnitOfWork } from '@florin/messaging';
import { every, type Job } from '@florin/runtime';
import { v7 as uuidv7 } from 'uuid';
import { auditBooks } from '../audit/audit-books.js';
import { verifyChains } from '../audit/verify-chains.js';
import type { WalletContext } from '../context.js';
import { type AuditState, advanceAudit } from '../db/advance-audit.js';
import { type Audit, type AuditLane, auditLanes, claimAudit, releaseAudit } from '../db/claim-audit.js';
import type { SealedRun } from '../db/find-seal-runs.js';
import type { WalletToAudit } from '../db/find-wallets-to-audit.js';
import { startDueAudit } from '../db/start-due-audit.js';
import { upsertAuditedBalances } from '../db/upsert-audited-balances.js';
import type { Finding } from '../domain/finding.js';
import { availableOf } from '../domain/wallet-state.js';

const intervalMs = 5_000;
const leaseMs = 300_000;
const balancesPerMessage = 500;
/** A ledger that is wrong everywhere is told often enough, and a message has an end. */
const findingsPerMessage = 100;
/** Longest rest between two steps of an audit of the books. */
const maxRestMs = 1_000;

type AuditContext = Pick<WalletContext, 'clock' | 'config' | 'database' | 'logger' | 'messaging'>;

/** A lane of its own for each: verifying all entries takes hours, and neither the books nor one wallet wait for that. */
export function auditLedgerJobs(context: AuditContext): Job {
  const jobs = auditLanes.map((lane) =>
    every(intervalMs, (signal) => auditLedger(context, lane, signal), {
      name: `audit-ledger-${lane}`,
      logger: context.logger,
    }),
  );
  return {
    start: () => {
      for (const job of jobs) job.start();
    },
    wake: () => {
      for (const job of jobs) job.wake();
    },
    stop: async () => {
      await Promise.all(jobs.map((job) => job.stop()));
    },
  };
}

/** Starts the audit that is due and works off those that are queued in a lane, step by step, until told to stop. */
export async function auditLedger(
  context: AuditContext,
  lane: AuditLane,
  signal: AbortSignal = new AbortController().signal,
): Promise<void> {
  const { clock, config, database } = context;
  const now = clock.now();
  if (lane === 'books') {
    const dueBefore = new Date(now - config.LEDGER_AUDIT_INTERVAL_MS);
    await startDueAudit(database, { id: uuidv7(), now: new Date(now), dueBefore });
  }
  while (!signal.aborted) {
    const lease = { now: new Date(clock.now()), until: new Date(clock.now() + leaseMs) };
    const audit = await claimAudit(database, lane, lease);
    if (!audit) return;
    await work(context, audit, signal);
  }
}

/** Does the steps of an audit until it has ended, or another instance goes on with it. */
async function work(context: AuditContext, audit: Audit, signal: AbortSignal): Promise<void> {
  let current: Audit | undefined = audit;
  try {
    while (current && !signal.aborted) {
      const startedAt = performance.now();
      current = await stepOf(context, current);
      // Nobody waits for the audit that the clock starts: it leaves the database at least half of the time to postings.
      const restMs = Math.min(maxRestMs, performance.now() - startedAt);
      if (current?.kind === 'books') await delay(restMs, undefined, { signal }).catch(() => undefined);
    }
  } finally {
    // The process stops, or the step has failed: whoever goes on need not wait until the lease is over.
    if (current) await releaseAudit(context.database, current);
  }
}

interface Step {
  readonly cursor: string | undefined;
  readonly runCursor?: number;
  readonly wallets: number;
  readonly entries: number;
  readonly findings: readonly Finding[];
  readonly moved?: readonly WalletToAudit[];
  readonly lastRun?: SealedRun | undefined;
  readonly isDense?: boolean;
}

async function stepOf(context: AuditContext, audit: Audit): Promise<Audit | undefined> {
  const { clock, logger, messaging } = context;
  const step: Step =
    audit.kind === 'books' ? await auditBooks(context, audit) : await verifyChains(context, audit);
  for (const finding of step.findings) logger.error({ auditId: audit.id, ...finding }, 'the ledger is wrong');
  const now = clock.now();
  const at = { now: new Date(now), leaseUntil: new Date(now + leaseMs) };
  const state = await messaging.transaction(async (unit) => {
    const advanced = await advanceAudit(unit.tx, audit, { ...step, findings: step.findings.length }, at);
    if (!advanced) return undefined;
    await upsertAuditedBalances(unit.tx, step.moved ?? []);
    sendProgress(unit, audit, step, advanced);
    return advanced;
  });
  return state?.status === 'running'
    ? {
        ...audit,
        step: state.step,
        walletCursor: step.cursor!,
        runCursor: step.runCursor ?? audit.runCursor,
        isDense: step.isDense ?? false,
      }
    : undefined;
}

function sendProgress(unit: UnitOfWork, audit: Audit, step: Step, state: AuditState): void {
  const { status, walletsTotal, walletsChecked, entriesChecked } = state;
  const body = {
    auditId: audit.id,
    kind: audit.kind,
    walletId: audit.walletId,
    status,
    walletsTotal,
    walletsChecked,
    entriesChecked,
    startedAt: state.startedAt.getTime(),
    finishedAt: state.finishedAt?.getTime() ?? null,
    findings: step.findings.slice(0, findingsPerMessage),
    sealRunId: step.lastRun?.id ?? null,
    sealHash: step.lastRun?.hash.toString('hex') ?? null,
  };
  unit.send(LedgerAuditProgressed, audit.id, body, { aggregateVersion: state.step });
  // Accounts of the platform have no copy anywhere.
  const copied = (step.moved ?? []).filter(({ kind }) => kind === 'customer');
  for (let i = 0; i < copied.length; i += balancesPerMessage) {
    const balances = copied.slice(i, i + balancesPerMessage).map((wallet) => {
      const { walletId, sequence, posted, held } = wallet;
      return { walletId, sequence, posted, held, available: availableOf(wallet) };
    });
    unit.send(BalancesAudited, balances[0]!.walletId, { auditId: audit.id, balances });
  }
}
