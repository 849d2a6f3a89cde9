/** Messages that are handed to Kafka at once. */
const maxWave = 500;
/** Messages whose outcome is not known yet: what an abort can no longer hold back. */
const maxInFlight = 2_000;
/** With a rate, so many waves a second: a second is long enough to be abrupt, and a wave a message too much work. */
const wavesPerSecond = 4;

/** Where a replay stands, as counted from its items. */
export interface ReplayProgress {
  readonly dryRun: boolean;
  readonly canary: boolean;
  readonly ratePerSecond: number | null;
  readonly maxFailuresInRow: number;
  /** Waves that were sent. */
  readonly waves: number;
  /** Not before this instant; null for at once. */
  readonly nextWaveAt: number | null;
  readonly unsent: number;
  /** Sent, outcome unknown. */
  readonly inFlight: number;
  /** How many of the newest are `failed`, or failed at their first attempt and are tried again. */
  readonly failuresInRow: number;
}

export type ReplayStep =
  | { readonly kind: 'send'; readonly count: number; readonly nextWaveAt: number | null }
  /** `waitMs` is undefined when only an outcome can change anything. */
  | { readonly kind: 'wait'; readonly waitMs: number | undefined }
  | { readonly kind: 'abort'; readonly reason: 'canary-failed' | 'failures-in-a-row' }
  | { readonly kind: 'done' };

/**
 * What a replay does next. With a canary the first message goes alone, and each wave after it is twice as large as the
 * one before and waits for all of its outcomes: a replay that does harm does little.
 */
export function nextReplayStep(progress: ReplayProgress, nowMs: number): ReplayStep {
  const { unsent, inFlight, canary, waves, ratePerSecond, nextWaveAt } = progress;
  if (unsent === 0) return { kind: 'done' };
  const reason = reasonToAbort(progress);
  if (reason) return { kind: 'abort', reason };
  if (nextWaveAt !== null && nowMs < nextWaveAt) return { kind: 'wait', waitMs: nextWaveAt - nowMs };
  if (canary && inFlight > 0) return { kind: 'wait', waitMs: undefined };
  const sizes = [unsent, maxWave, maxInFlight - inFlight];
  if (canary) sizes.push(2 ** Math.min(waves, 30));
  if (ratePerSecond !== null) sizes.push(Math.max(1, Math.floor(ratePerSecond / wavesPerSecond)));
  const count = Math.min(...sizes);
  if (count <= 0) return { kind: 'wait', waitMs: undefined };
  return {
    kind: 'send',
    count,
    nextWaveAt: ratePerSecond === null ? null : nowMs + Math.ceil((count * 1_000) / ratePerSecond),
  };
}

function reasonToAbort(progress: ReplayProgress): 'canary-failed' | 'failures-in-a-row' | undefined {
  const { canary, waves, failuresInRow, maxFailuresInRow, dryRun } = progress;
  if (canary && waves === 1 && failuresInRow > 0) return 'canary-failed';
  // A dry run does no harm, and the point of it is to hear of every failure.
  return !dryRun && failuresInRow >= maxFailuresInRow ? 'failures-in-a-row' : undefined;
}
