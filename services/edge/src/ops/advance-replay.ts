import type { Database } from '@florin/database';
import type { Messaging, ReplayItem } from '@florin/messaging';
import type { Clock } from '@florin/observability';
import { abortReplay } from '../db/abort-replay.js';
import { lockReplay } from '../db/lock-replay.js';
import { markReplaysSent } from '../db/mark-replays-sent.js';
import { takeUnsentReplays, type UnsentReplay } from '../db/take-unsent-replays.js';
import { nextReplayStep, type ReplayStep } from '../domain/replay-pacing.js';

export interface ReplayTools {
  readonly database: Database;
  readonly messaging: Messaging;
  readonly clock: Clock;
}

/**
 * Takes one step of a replay. All it knows is in PostgreSQL, so any edge goes on where another one died. Items are
 * marked only after Kafka has acknowledged them: a crash in between sends a wave again, which the inbox of the group
 * that failed absorbs.
 */
export function advanceReplay(
  { database, messaging, clock }: ReplayTools,
  replayId: string,
): Promise<ReplayStep> {
  return database.transaction(async (tx): Promise<ReplayStep> => {
    const progress = await lockReplay(tx, replayId);
    if (!progress) return { kind: 'wait', waitMs: undefined };
    const now = clock.now();
    const step = nextReplayStep(progress, now);
    if (step.kind === 'abort') {
      await abortReplay(tx, {
        replayId,
        actor: 'service:edge',
        reason: step.reason,
        abortedAt: new Date(now),
      });
    }
    if (step.kind === 'send') {
      const items = await takeUnsentReplays(tx, replayId, step.count);
      await messaging.replay(items.map((item) => replayItem(item, progress.dryRun)));
      await markReplaysSent(tx, { replayId, items, now, nextWaveAt: step.nextWaveAt });
    }
    return step;
  });
}

function replayItem({ replayId, deadLetterId, key, ...letter }: UnsentReplay, dryRun: boolean): ReplayItem {
  return {
    letter: { ...letter, key: key ?? undefined },
    replay: { replayId, deadLetterId, ...(dryRun ? { dryRun } : {}) },
  };
}
