import type { PrismaClient } from '../db/generated/client.js';

export interface ReplayRow {
  readonly id: string;
  readonly requestedBy: string;
  readonly selection: unknown;
  readonly createdAt: Date;
  readonly reason: string | null;
  readonly ruleId: string | null;
  readonly dryRun: boolean;
  readonly canary: boolean;
  readonly ratePerSecond: number | null;
  readonly maxFailuresInRow: number;
  readonly abortedAt: Date | null;
  readonly abortReason: string | null;
}

interface ItemRow {
  readonly deadLetterId: string;
  readonly revision: number;
  readonly outcome: string;
  readonly detail: string | null;
}

interface Progress {
  /** Items by outcome. */
  readonly counts: Readonly<Record<string, number>>;
  readonly retrying: number;
}

const nothing: Progress = { counts: {}, retrying: 0 };

/**
 * A replay with its counts, and with its items when they are asked for; undefined when there is none. One statement,
 * so that the counts, the items and an abort belong together while all of them change.
 */
export async function readReplay(prisma: PrismaClient, id: string, withItems: boolean) {
  const rows = await prisma.$queryRaw<(ReplayRow & Progress & { items: ItemRow[] })[]>`
    SELECT r.id, requested_by AS "requestedBy", selection, created_at AS "createdAt", reason, rule_id AS "ruleId",
      dry_run AS "dryRun", canary, rate_per_second AS "ratePerSecond", max_failures_in_row AS "maxFailuresInRow",
      aborted_at AS "abortedAt", abort_reason AS "abortReason",
      (SELECT coalesce(jsonb_object_agg(outcome, items), '{}')
       FROM (SELECT outcome, count(*) AS items FROM replay_items WHERE replay_id = r.id GROUP BY 1) AS counted) AS counts,
      (SELECT count(*)::integer FROM replay_items
       WHERE replay_id = r.id AND outcome = 'pending' AND retrying_at IS NOT NULL) AS retrying,
      CASE WHEN ${withItems} THEN (
        SELECT coalesce(jsonb_agg(jsonb_build_object(
          'deadLetterId', dead_letter_id, 'revision', revision, 'outcome', outcome, 'detail', detail)
          ORDER BY dead_letter_id), '[]')
        FROM replay_items WHERE replay_id = r.id) ELSE '[]' END AS items
    FROM replays AS r WHERE r.id = ${id}::uuid`;
  const [replay] = rows;
  return replay && replayResource(replay, replay, replay.items);
}

/** Where replays stand, counted by the database: one of them may have ten thousand items. */
export async function progressOf(
  prisma: PrismaClient,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Progress>> {
  const rows = await prisma.replayItem.groupBy({
    by: ['replayId', 'outcome'],
    where: { replayId: { in: [...ids] } },
    _count: { _all: true, retryingAt: true },
  });
  const found = new Map<string, { counts: Record<string, number>; retrying: number }>();
  for (const { replayId, outcome, _count } of rows) {
    const progress = found.get(replayId) ?? { counts: {}, retrying: 0 };
    found.set(replayId, progress);
    progress.counts[outcome] = _count._all;
    if (outcome === 'pending') progress.retrying = _count.retryingAt;
  }
  return found;
}

/**
 * A replay runs as long as an outcome is missing; aborted, it may still miss those of messages that Kafka held
 * already.
 */
export function replayResource(
  replay: ReplayRow,
  { counts, retrying }: Progress = nothing,
  items: readonly ItemRow[] = [],
) {
  const running = counts.pending === undefined ? 'completed' : 'running';
  return {
    id: replay.id,
    status: replay.abortedAt ? 'aborted' : running,
    requestedBy: replay.requestedBy,
    selection: replay.selection,
    reason: replay.reason,
    ruleId: replay.ruleId,
    dryRun: replay.dryRun,
    canary: replay.canary,
    ratePerSecond: replay.ratePerSecond,
    maxFailuresInRow: replay.maxFailuresInRow,
    createdAt: replay.createdAt.toISOString(),
    abortedAt: replay.abortedAt?.toISOString() ?? null,
    abortReason: replay.abortReason,
    counts,
    retrying,
    items,
  };
}

/** What was accepted a moment ago: running, its items are being chosen. */
export function newReplayResource(replay: Omit<ReplayRow, 'abortedAt' | 'abortReason'>) {
  return { ...replayResource({ ...replay, abortedAt: null, abortReason: null }), status: 'running' };
}
