export interface ReplayModel {
  readonly id: string;
  readonly requestedBy: string;
  readonly selection: unknown;
  readonly createdAt: Date;
  readonly items: readonly {
    readonly deadLetterId: string;
    readonly outcome: string;
    readonly detail: string | null;
  }[];
}

/** A replay runs as long as an outcome is missing. */
export function withReplayStatus(model: ReplayModel | null): (ReplayModel & { status: string }) | null {
  if (model === null) return null;
  const running = model.items.some((item) => item.outcome === 'pending');
  return { ...model, status: running ? 'running' : 'completed' };
}

export function replayResource(replay: ReplayModel & { readonly status: string }) {
  return {
    id: replay.id,
    status: replay.status,
    requestedBy: replay.requestedBy,
    selection: replay.selection,
    createdAt: replay.createdAt.toISOString(),
    items: replay.items.map(({ deadLetterId, outcome, detail }) => ({ deadLetterId, outcome, detail })),
  };
}
