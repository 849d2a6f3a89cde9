import { consumerGroups } from '@florin/contracts';
import type { Database, Transaction } from '@florin/database';
import { v7 as uuidv7 } from 'uuid';
import { appendOperatorActions } from '../db/append-operator-actions.js';
import { findRedriveCandidates, type RedriveCandidate } from '../db/find-redrive-candidates.js';
import { findRedriveHistory, type RedriveHistory } from '../db/find-redrive-history.js';
import { findServiceHealth } from '../db/find-service-health.js';
import { insertReplays } from '../db/insert-replays.js';
import { parkDeadLetters } from '../db/park-dead-letters.js';
import { judgeRedrive, redriveBackoffMs } from '../domain/redrive.js';
import type { RedriveRule } from '../domain/redrive-rule.js';
import { staleAfterMs } from '../read-models/service-instance.js';

export const autoRedrive = 'auto-redrive';
const maxLettersPerRun = 1_000;
const maxFailuresInRow = 3;

export interface RedriveReport {
  /** What keeps the rule from replaying now; undefined when nothing does. */
  readonly obstacles: readonly string[];
  readonly due: readonly RedriveCandidate[];
  readonly waiting: readonly RedriveCandidate[];
  readonly exhausted: readonly RedriveCandidate[];
}

/**
 * Lets one rule act, in one transaction: what it replays, what it parks and what it leaves behind in the audit trail
 * commit together, so it may die anywhere. The lock makes exactly one edge act; the others have nothing to do.
 * @returns how many letters are on their way
 */
export function redriveDeadLetters(database: Database, rule: RedriveRule, now: number): Promise<number> {
  return database.transaction(async (tx) => {
    const { rows } = await tx.query<{ locked: boolean }>(
      `SELECT pg_try_advisory_xact_lock(hashtext('auto-redrive')) AS locked`,
    );
    if (!rows[0]!.locked) return 0;
    const { due, exhausted } = await examineRule(tx, rule, now);
    if (exhausted.length > 0) await park(tx, rule, exhausted, now);
    if (due.length === 0) return 0;
    const started = await insertReplays(tx, [
      {
        id: uuidv7(),
        requestedBy: autoRedrive,
        selection: { ids: due.map(({ id }) => id) },
        recordedSelection: { rule: rule.name },
        createdAt: new Date(now),
        reason: `rule ${rule.name}`,
        ruleId: rule.id,
        dryRun: false,
        canary: rule.canary,
        ratePerSecond: rule.ratePerSecond,
        maxFailuresInRow,
        limit: due.length,
      },
    ]);
    return started.length === 0 ? 0 : due.length;
  });
}

/** What a rule would do now, and why not more. */
export async function examineRule(tx: Transaction, rule: RedriveRule, now: number): Promise<RedriveReport> {
  const history = await findRedriveHistory(tx, rule.id, now);
  const paused = pauseOf(rule, history, now);
  const budget = Math.min(maxLettersPerRun, rule.maxLettersPerHour - history.lettersLastHour);
  const obstacles: string[] = paused ? [paused] : [];
  const found: RedriveCandidate[] = [];
  for (const { name, service } of Object.values(consumerGroups)) {
    if (rule.group !== null && rule.group !== name) continue;
    const verdict = judgeRedrive(rule, await findServiceHealth(tx, service, now - staleAfterMs), now);
    if ('obstacle' in verdict) obstacles.push(`${name}: ${verdict.obstacle}`);
    else {
      const bounds = { group: name, failedBefore: verdict.failedBefore, now, limit: maxLettersPerRun };
      found.push(...(await findRedriveCandidates(tx, rule, bounds)));
    }
  }
  const exhausted = found.filter(({ redrives }) => redrives >= rule.maxRedrivesPerLetter);
  const alive = found.filter(({ redrives }) => redrives < rule.maxRedrivesPerLetter);
  const ripe = paused ? [] : alive.filter((letter) => isDue(rule, letter, now)).slice(0, Math.max(0, budget));
  if (!paused && budget <= 0)
    obstacles.push(`${rule.maxLettersPerHour} letters were replayed within an hour`);
  return { obstacles, due: ripe, waiting: alive.filter((letter) => !ripe.includes(letter)), exhausted };
}

function pauseOf(rule: RedriveRule, history: RedriveHistory, now: number): string | undefined {
  if (history.running) return 'its last replay is still running';
  if (history.lastAbortAt === null || history.abortsInRow === 0) return undefined;
  const resumesAt =
    history.lastAbortAt.getTime() + redriveBackoffMs(rule.backoffSeconds, history.abortsInRow);
  return resumesAt > now
    ? `its last replay was aborted; waits until ${new Date(resumesAt).toISOString()}`
    : undefined;
}

function isDue(rule: RedriveRule, { redrives, lastRedriveAt }: RedriveCandidate, now: number): boolean {
  if (lastRedriveAt === null) return true;
  return lastRedriveAt.getTime() + redriveBackoffMs(rule.backoffSeconds, redrives) <= now;
}

async function park(
  tx: Transaction,
  rule: RedriveRule,
  letters: readonly RedriveCandidate[],
  now: number,
): Promise<void> {
  await parkDeadLetters(
    tx,
    letters.map(({ id }) => id),
  );
  await appendOperatorActions(
    tx,
    letters.map(({ id, redrives }) => ({
      actor: autoRedrive,
      action: 'dead-letter.park',
      subject: id,
      reason: `rule ${rule.name}`,
      detail: { ruleId: rule.id, redrives },
      occurredAt: new Date(now),
    })),
  );
}
