import { LedgerSealed } from '@florin/contracts';
import { every, type Job } from '@florin/runtime';
import { v7 as uuidv7 } from 'uuid';
import type { WalletContext } from '../context.js';
import { claimSealRun, releaseSealRun, type SealRun } from '../db/claim-seal-run.js';
import { findUnsealedEntries } from '../db/find-unsealed-entries.js';
import { finishSealRun } from '../db/finish-seal-run.js';
import { hashSealRun } from '../db/hash-seal-run.js';
import { insertAudits, type NewAudit } from '../db/insert-audits.js';
import { insertSeals } from '../db/insert-seals.js';
import { sealEntries } from '../domain/seal-entries.js';

const intervalMs = 60_000;
const leaseMs = 120_000;
/** Of one step: bounds memory, and what a crash has to do again. A seal has no more entries than that. */
const limits = { wallets: 1_000, entries: 20_000 };
/** A ledger that is broken everywhere is told by some. */
const auditsPerStep = 100;

type SealContext = Pick<WalletContext, 'clock' | 'config' | 'database' | 'logger' | 'messaging'>;

export function sealEntriesJob(context: SealContext): Job {
  return every(intervalMs, (signal) => sealDueEntries(context, signal), {
    name: 'seal-entries',
    logger: context.logger,
  });
}

/**
 * Seals what was posted since the last run, when a day (`LEDGER_SEAL_INTERVAL_MS`) has passed. A run goes wallet by
 * wallet in steps, each with a transaction of its own, so that a process that dies or stops leaves the rest to another.
 */
export async function sealDueEntries(context: SealContext, signal?: AbortSignal): Promise<void> {
  const now = context.clock.now();
  const run = await claimSealRun(context.database, {
    newId: uuidv7(),
    now: new Date(now),
    dueBefore: new Date(now - context.config.LEDGER_SEAL_INTERVAL_MS),
    leaseUntil: new Date(now + leaseMs),
  });
  if (!run) return;
  let cursor = run.walletCursor;
  for (;;) {
    if (signal?.aborted) return releaseSealRun(context.database, run.id, cursor);
    const step = await sealStep(context, run, cursor);
    if (step === 'lost') return;
    if (step === 'done') break;
    cursor = step.cursor;
  }
  await finish(context, run);
}

type Step = { readonly cursor: string } | 'done' | 'lost';

/** What cannot be sealed is verified at once, so that what is wrong with it has a name and rings. */
function chainAuditOf(walletId: string): NewAudit {
  return { id: uuidv7(), kind: 'chain', walletId };
}

/** Seals one page; lost when another instance, which thought that this one had died, goes on with the run. */
async function sealStep(context: SealContext, run: SealRun, cursor: string): Promise<Step> {
  const { clock, database, logger } = context;
  const { entries, lastWalletId } = await findUnsealedEntries(database, cursor, limits);
  if (lastWalletId === undefined) return 'done';
  const { seals, broken } = sealEntries(entries);
  for (const walletId of broken) logger.error({ walletId }, 'entries do not follow the last seal');
  // A page that is full may have cut off its last wallet: the next step begins with that one, behind its new seal.
  const isCut = entries.length === limits.entries;
  const next = isCut ? (before(entries) ?? cursor) : lastWalletId;
  const isStuck = isCut && next === cursor && seals.length === 0;
  const to = isStuck ? entries[0]!.walletId : next;
  const step = { id: run.id, from: cursor, to, leaseUntil: new Date(clock.now() + leaseMs) };
  const done = await database.transaction(async (tx) => {
    const isOurs = await insertSeals(tx, step, seals);
    if (isOurs)
      await insertAudits(tx, broken.slice(0, auditsPerStep).map(chainAuditOf), new Date(clock.now()));
    return isOurs;
  });
  return done ? { cursor: to } : 'lost';
}

/** The last wallet of a page that is certainly complete: the one before the last. */
function before(entries: readonly { readonly walletId: string }[]): string | undefined {
  const last = entries.at(-1)!.walletId;
  return entries.findLast(({ walletId }) => walletId !== last)?.walletId;
}

async function finish(context: SealContext, run: SealRun): Promise<void> {
  const sealedAt = context.clock.now();
  await context.messaging.transaction(async (unit) => {
    const hash = await hashSealRun(unit.tx, run);
    const finished = await finishSealRun(unit.tx, { id: run.id, hash, sealedAt: new Date(sealedAt) });
    if (!finished) return;
    const body = { runId: run.id, number: run.number, sealedAt, ...finished, hash: hash.toString('hex') };
    unit.send(LedgerSealed, run.id, body);
    context.logger.info({ ...body }, 'ledger sealed');
  });
}
