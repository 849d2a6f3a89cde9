import type { Database } from '@florin/database';
import { findSealRuns } from '../db/find-seal-runs.js';
import { hashSealRun } from '../db/hash-seal-run.js';
import type { Finding } from '../domain/finding.js';

const runsPerRead = 100;
/** Seals of one step, which has one run at least. */
const sealsPerStep = 100_000;

export interface VerifiedRuns {
  readonly runCursor: number;
  readonly findings: readonly Finding[];
}

/** Computes the hashes of the next runs from their seals; undefined when none is left. */
export async function verifyRuns(database: Database, after: number): Promise<VerifiedRuns | undefined> {
  const runs = await findSealRuns(database, { after, limit: runsPerRead });
  if (runs.length === 0) return undefined;
  const findings: Finding[] = [];
  let runCursor = after;
  let seals = 0;
  for (const run of runs) {
    if (seals > 0 && seals + run.wallets > sealsPerStep) break;
    seals += Math.max(1, run.wallets);
    runCursor = run.number;
    if ((await hashSealRun(database.pool, run)).equals(run.hash)) continue;
    const nothing = { walletId: null, sequence: null, entryId: null, currency: null };
    const detail = `the seals of run ${run.number} are not those it had`;
    findings.push({ check: 'seal-run-changed', ...nothing, detail });
  }
  return { runCursor, findings };
}
