export interface ReplayItemModel {
  readonly deadLetterId: string;
  readonly revision: number;
  readonly outcome: string;
  readonly detail: string | null;
}

export interface ReplayModel {
  readonly id: string;
  readonly requestedBy: string;
  readonly selection: unknown;
  readonly createdAt: Date;
  readonly reason: string | null;
  readonly dryRun: boolean;
  readonly canary: boolean;
  readonly ratePerSecond: number | null;
  readonly maxFailuresInRow: number;
  readonly abortedAt: Date | null;
  readonly abortReason: string | null;
  readonly items: readonly ReplayItemModel[];
}

/**
 * A replay runs as long as an outcome is missing; aborted, it may still miss those of messages that Kafka held
 * already.
 */
export function replayResource(replay: ReplayModel) {
  const counts: Record<string, number> = {};
  for (const { outcome } of replay.items) counts[outcome] = (counts[outcome] ?? 0) + 1;
  const running = counts.pending === undefined ? 'completed' : 'running';
  return {
    id: replay.id,
    status: replay.abortedAt ? 'aborted' : running,
    requestedBy: replay.requestedBy,
    selection: replay.selection,
    reason: replay.reason,
    dryRun: replay.dryRun,
    canary: replay.canary,
    ratePerSecond: replay.ratePerSecond,
    maxFailuresInRow: replay.maxFailuresInRow,
    createdAt: replay.createdAt.toISOString(),
    abortedAt: replay.abortedAt?.toISOString() ?? null,
    abortReason: replay.abortReason,
    counts,
    items: replay.items.map(({ deadLetterId, revision, outcome, detail }) => {
      return { deadLetterId, revision, outcome, detail };
    }),
  };
}

/** What was accepted a moment ago: running, its items are being chosen. */
export function newReplayResource(replay: Omit<ReplayModel, 'abortedAt' | 'abortReason' | 'items'>) {
  return {
    ...replayResource({ ...replay, abortedAt: null, abortReason: null, items: [] }),
    status: 'running',
  };
}
