import type { Database } from '@florin/database';
import type { WalletContext } from '../context.js';
import type { Audit } from '../db/claim-audit.js';
import { findChainEntries, type StretchEntry } from '../db/find-chain-entries.js';
import { findEntriesAfter } from '../db/find-entries-after.js';
import { findEntriesBetween } from '../db/find-entries-between.js';
import { findEntryIds } from '../db/find-entry-ids.js';
import { findLastSealRun, type SealedRun } from '../db/find-seal-runs.js';
import {
  findSeals,
  findWalletsToVerify,
  type StoredSeal,
  type WalletToVerify,
} from '../db/find-wallets-to-verify.js';
import type { Finding } from '../domain/finding.js';
import { groupBy } from '../domain/group-by.js';
import { ChainVerifier } from '../domain/verify-chain.js';
import { verifyRuns } from './verify-runs.js';

const walletsPerStep = 2_000;
/** Entries in memory at once. A wallet with more is a step of its own, read stretch by stretch. */
const entriesPerRead = 20_000;

export interface ChainStep {
  readonly cursor: string | undefined;
  readonly runCursor?: number;
  readonly wallets: number;
  readonly entries: number;
  readonly findings: readonly Finding[];
  /** The newest seal of the ledger: with the first step. */
  readonly lastRun: SealedRun | undefined;
}

/**
 * Verifies the next runs of seals, one after the other, and when none is left the next wallets. The runs of all wallets
 * are no concern of the verification of one.
 */
export async function verifyChains(
  { database }: Pick<WalletContext, 'database'>,
  audit: Audit,
): Promise<ChainStep> {
  const { walletId, walletCursor, runCursor, step } = audit;
  const lastRun = step === 0 ? await findLastSealRun(database) : undefined;
  const runs = walletId === null ? await verifyRuns(database, runCursor) : undefined;
  if (runs) return { cursor: walletCursor, wallets: 0, entries: 0, lastRun, ...runs };
  return { lastRun, ...(await verifyWallets(database, audit)) };
}

async function verifyWallets(
  database: Database,
  { walletCursor: after, walletId }: Audit,
): Promise<Omit<ChainStep, 'lastRun'>> {
  const page = await findWalletsToVerify(database, { after, walletId, limit: walletsPerStep });
  const wallets = fitting(page);
  const ids = wallets.map((wallet) => wallet.walletId);
  const seals = groupBy(await findSeals(database, ids), (seal) => seal.walletId);
  const verified =
    wallets.length === 1
      ? await verifyLarge(database, wallets[0]!, seals.get(wallets[0]!.walletId) ?? [])
      : await verifySmall(database, after, wallets, seals);
  const isLast = wallets.length === page.length && page.length < walletsPerStep;
  return {
    cursor: isLast ? undefined : wallets.at(-1)!.walletId,
    wallets: wallets.length,
    entries: verified.entries,
    findings: await named(database, verified.findings),
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

/** Wallets that follow each other: none between `after` and the last of them is left out. */
async function verifySmall(
  database: Database,
  after: string,
  wallets: readonly WalletToVerify[],
  seals: ReadonlyMap<string, readonly StoredSeal[]>,
): Promise<Verified> {
  const verifiers = new Map(
    wallets.map(({ walletId, sequence }) => [
      walletId,
      { verifier: new ChainVerifier(walletId, seals.get(walletId) ?? []), sequence },
    ]),
  );
  const last = wallets.at(-1)?.walletId ?? after;
  let count = 0;
  for (const entry of await findEntriesBetween(database, after, last)) {
    const own = verifiers.get(entry.walletId);
    // What was posted after the wallets were read, or to wallets that were opened since, is left to the next verification.
    if (!own || entry.sequence > own.sequence) continue;
    own.verifier.push(entry);
    count++;
  }
  for (const wallet of wallets) verifiers.get(wallet.walletId)!.verifier.finish(wallet);
  return { entries: count, findings: [...verifiers.values()].flatMap(({ verifier }) => verifier.findings) };
}

/** Reads along the seals, whose times keep each read to a stretch of the index, and then what is not sealed yet. */
async function verifyLarge(
  database: Database,
  wallet: WalletToVerify,
  seals: readonly StoredSeal[],
): Promise<Verified> {
  const { walletId } = wallet;
  const verifier = new ChainVerifier(walletId, seals);
  let count = 0;
  const push = (entries: readonly StretchEntry[]): void => {
    for (const entry of entries) verifier.push(entry);
    count += entries.length;
  };
  for (const { firstSequence, lastSequence, firstPostedAt, lastPostedAt } of seals) {
    const stretch = { walletId, firstSequence, lastSequence, from: firstPostedAt, to: lastPostedAt };
    push(await findChainEntries(database, [stretch]));
  }
  const last = seals.at(-1);
  let after = { postedAt: last?.lastPostedAt ?? '-infinity', sequence: last?.lastSequence ?? 0 };
  for (;;) {
    const tail = { walletId, after, lastSequence: wallet.sequence, limit: entriesPerRead };
    const entries = await findEntriesAfter(database, tail);
    push(entries);
    if (entries.length < entriesPerRead) break;
    after = entries.at(-1)!;
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
