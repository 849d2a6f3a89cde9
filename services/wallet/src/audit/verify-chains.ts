import type { Database } from '@florin/database';
import type { WalletContext } from '../context.js';
import type { Audit } from '../db/claim-audit.js';
import { findChainEntries, type Stretch } from '../db/find-chain-entries.js';
import { findEntryIds } from '../db/find-entry-ids.js';
import { findSealRuns, type SealedRun } from '../db/find-seal-runs.js';
import {
  findSeals,
  findWalletsToVerify,
  type StoredSeal,
  type WalletToVerify,
} from '../db/find-wallets-to-verify.js';
import { hashSealRun } from '../db/hash-seal-run.js';
import type { Finding } from '../domain/finding.js';
import { groupBy } from '../domain/group-by.js';
import { ChainVerifier } from '../domain/verify-chain.js';

const walletsPerStep = 500;
/** Entries in memory at once. A wallet with more is a step of its own, read stretch by stretch. */
const entriesPerRead = 20_000;

export interface ChainStep {
  readonly cursor: string | undefined;
  readonly wallets: number;
  readonly entries: number;
  readonly findings: readonly Finding[];
  /** The newest seal of the ledger, once the runs were checked: with the first step. */
  readonly lastRun: SealedRun | undefined;
}

/** Verifies the next wallets; with the first of them, the chain of the runs that sealed them. */
export async function verifyChains(
  { database }: Pick<WalletContext, 'database'>,
  audit: Audit,
): Promise<ChainStep> {
  const { walletId, walletCursor: after, step } = audit;
  const runs = step === 0 ? await verifyRuns(database) : undefined;
  const page = await findWalletsToVerify(database, { after, walletId, limit: walletsPerStep });
  const wallets = fitting(page);
  const seals = groupBy(
    await findSeals(
      database,
      wallets.map((wallet) => wallet.walletId),
    ),
    (seal) => seal.walletId,
  );
  const verified =
    wallets.length === 1
      ? await verifyLarge(database, wallets[0]!, seals.get(wallets[0]!.walletId) ?? [])
      : await verifySmall(database, wallets, seals);
  const isLast = wallets.length === page.length && page.length < walletsPerStep;
  return {
    cursor: isLast ? undefined : wallets.at(-1)!.walletId,
    wallets: wallets.length,
    entries: verified.entries,
    findings: [...(runs?.findings ?? []), ...(await named(database, verified.findings))],
    lastRun: runs?.last,
  };
}

/** The first wallets of a page whose entries fit into memory together, one at least. */
function fitting(page: readonly WalletToVerify[]): readonly WalletToVerify[] {
  let entries = 0;
  const end = page.findIndex((wallet) => {
    entries += wallet.sequence;
    return entries > entriesPerRead;
  });
  return end < 0 ? page : page.slice(0, Math.max(1, end));
}

interface Verified {
  readonly entries: number;
  readonly findings: readonly Finding[];
}

const everything = {
  firstSequence: 1,
  lastSequence: Number.MAX_SAFE_INTEGER,
  from: '-infinity',
  to: 'infinity',
};

async function verifySmall(
  database: Database,
  wallets: readonly WalletToVerify[],
  seals: ReadonlyMap<string, readonly StoredSeal[]>,
): Promise<Verified> {
  const verifiers = new Map(
    wallets.map(({ walletId }) => [walletId, new ChainVerifier(walletId, seals.get(walletId) ?? [])]),
  );
  // What is posted after the wallets were read is left to the next verification.
  const stretches = wallets.map(({ walletId, sequence }) => ({
    ...everything,
    walletId,
    lastSequence: sequence,
  }));
  const entries = await findChainEntries(database, stretches);
  for (const entry of entries) verifiers.get(entry.walletId)!.push(entry);
  for (const wallet of wallets) verifiers.get(wallet.walletId)!.finish(wallet);
  return { entries: entries.length, findings: [...verifiers.values()].flatMap(({ findings }) => findings) };
}

/** Reads along the seals, whose times keep each read to a stretch of the index. */
async function verifyLarge(
  database: Database,
  wallet: WalletToVerify,
  seals: readonly StoredSeal[],
): Promise<Verified> {
  const { walletId } = wallet;
  const verifier = new ChainVerifier(walletId, seals);
  const stretches: Stretch[] = seals.map(({ firstSequence, lastSequence, firstPostedAt, lastPostedAt }) => ({
    walletId,
    firstSequence,
    lastSequence,
    from: firstPostedAt,
    to: lastPostedAt,
  }));
  const last = seals.at(-1);
  let next = (last?.lastSequence ?? 0) + 1;
  for (; next <= wallet.sequence; next += entriesPerRead) {
    const lastSequence = Math.min(wallet.sequence, next + entriesPerRead - 1);
    stretches.push({
      walletId,
      firstSequence: next,
      lastSequence,
      from: last?.lastPostedAt ?? '-infinity',
      to: 'infinity',
    });
  }
  let count = 0;
  for (const stretch of stretches) {
    const entries = await findChainEntries(database, [stretch]);
    for (const entry of entries) verifier.push(entry);
    count += entries.length;
  }
  verifier.finish(wallet);
  return { entries: count, findings: verifier.findings };
}

/** An entry that is not where its seal says, because its time was changed, is there all the same and has an id. */
async function named(database: Database, findings: readonly Finding[]): Promise<readonly Finding[]> {
  const nameless = findings.filter(({ check, walletId }) => check === 'entry-missing' && walletId !== null);
  const names = new Map<string, ReadonlyMap<number, string>>();
  for (const [walletId, own] of groupBy(nameless, (finding) => finding.walletId!)) {
    names.set(
      walletId,
      await findEntryIds(
        database,
        walletId,
        own.flatMap(({ sequence }) => sequence ?? []),
      ),
    );
  }
  return findings.map((finding) => {
    const entryId =
      finding.walletId === null ? undefined : names.get(finding.walletId)?.get(finding.sequence ?? 0);
    if (entryId === undefined || finding.check !== 'entry-missing') return finding;
    return {
      ...finding,
      check: 'entry-changed' as const,
      entryId,
      detail: `entry ${finding.sequence} is said to be of another time`,
    };
  });
}

async function verifyRuns(
  database: Database,
): Promise<{ readonly findings: readonly Finding[]; readonly last: SealedRun | undefined }> {
  const findings: Finding[] = [];
  const runs = await findSealRuns(database);
  for (const run of runs) {
    if ((await hashSealRun(database.pool, run)).equals(run.hash)) continue;
    const nothing = { walletId: null, sequence: null, entryId: null, currency: null };
    findings.push({
      check: 'seal-run-changed',
      ...nothing,
      detail: `the seals of run ${run.number} are not those it had`,
    });
  }
  return { findings, last: runs.at(-1) };
}
