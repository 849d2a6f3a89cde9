import type { DeadLetterReplayed } from '@florin/contracts';
import type { ApplyBatch } from '@florin/messaging';
import { finishReplayItems } from '../db/finish-replay-items.js';
import { newestBy } from './newest-by.js';

export const onDeadLetterReplayed: ApplyBatch<DeadLetterReplayed> = (unit, messages) => {
  const outcomes = messages.map(({ value }) => ({ ...value, finishedAt: value.meta.occurredAt }));
  // A replay that was sent twice is reported twice, applied first: the first report is the truth.
  const first = newestBy(
    outcomes,
    (outcome) => `${outcome.replayId} ${outcome.deadLetterId}`,
    (outcome) => -outcomes.indexOf(outcome),
  );
  return finishReplayItems(unit.tx, first);
};
