import type { DeadLetterReplayed } from '@florin/contracts';
import type { ApplyBatch } from '@florin/messaging';
import type { Job } from '@florin/runtime';
import { abortReplay } from '../db/abort-replay.js';
import { finishReplayItems } from '../db/finish-replay-items.js';
import { markReplaysRetrying } from '../db/mark-replays-retrying.js';
import { newestBy } from './newest-by.js';

/** Stores the outcomes of replays, and lets the next wave go. */
export function onDeadLetterReplayed(replaySender: Pick<Job, 'wake'>): ApplyBatch<DeadLetterReplayed> {
  return async (unit, messages) => {
    const reports = messages.map(({ value }) => ({ ...value, finishedAt: value.meta.occurredAt }));
    // A provider of the handler is down: more of the same would only pile up behind it. Aborts come first, because
    // they lock the replay before its items, as the sender of replays does.
    const deferred = newestBy(
      reports.filter(({ outcome }) => outcome === 'deferred'),
      ({ replayId }) => replayId,
      ({ finishedAt }) => finishedAt,
    );
    for (const { replayId, finishedAt } of deferred) {
      const abortedAt = new Date(finishedAt);
      await abortReplay(unit.tx, { replayId, actor: 'service:edge', reason: 'breaker-open', abortedAt });
    }
    await markReplaysRetrying(
      unit.tx,
      reports.filter(({ outcome }) => outcome === 'retrying'),
    );
    const outcomes = reports.filter(({ outcome }) => outcome !== 'deferred' && outcome !== 'retrying');
    // A replay that was sent twice is reported twice, applied first: the first report is the truth.
    const first = newestBy(
      outcomes,
      (outcome) => `${outcome.replayId} ${outcome.deadLetterId}`,
      (outcome) => -outcomes.indexOf(outcome),
    );
    await finishReplayItems(unit.tx, first);
    unit.afterCommit(() => replaySender.wake());
  };
}
