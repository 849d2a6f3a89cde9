import { BalancesAudited, LedgerAuditProgressed } from '@florin/contracts';
import type { UnitOfWork } from '@florin/messaging';
import { every, type Job } from '@florin/runtime';
import { v7 as uuidv7 } from 'uuid';
import { auditBooks } from '../audit/audit-books.js';
import { verifyChains } from '../audit/verify-chains.js';
import type { WalletContext } from '../context.js';
import { type AuditState, advanceAudit } from '../db/advance-audit.js';
import { type Audit, claimAudit } from '../db/claim-audit.js';
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

type AuditContext = Pick<WalletContext, 'clock' | 'config' | 'database' | 'logger' | 'messaging'>;

export function auditLedgerJob(context: AuditContext): Job {
  return every(intervalMs, () => auditLedger(context), { name: 'audit-ledger', logger: context.logger });
}

/** Starts the audit that is due and works off all that are queued, step by step. */
export async function auditLedger(context: AuditContext): Promise<void> {
  const { clock, config, database } = context;
  const now = clock.now();
  const dueBefore = new Date(now - config.LEDGER_AUDIT_INTERVAL_MS);
  await startDueAudit(database, { id: uuidv7(), now: new Date(now), dueBefore });
  for (;;) {
    const lease = { now: new Date(clock.now()), until: new Date(clock.now() + leaseMs) };
    const audit = await claimAudit(database, lease);
    if (!audit) return;
    await work(context, audit);
  }
}

/** Does the steps of an audit until it has ended, or another instance goes on with it. */
async function work(context: AuditContext, audit: Audit): Promise<void> {
  let current: Audit | undefined = audit;
  while (current) current = await stepOf(context, current);
}

interface Step {
  readonly cursor: string | undefined;
  readonly wallets: number;
  readonly entries: number;
  readonly findings: readonly Finding[];
  readonly moved?: readonly WalletToAudit[];
  readonly lastRun?: SealedRun | undefined;
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
  if (!state) return undefined;
  return state?.status === 'running' ? { ...audit, step: state.step, walletCursor: step.cursor! } : undefined;
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
