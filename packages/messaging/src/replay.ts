import { retryTopic } from '@florin/contracts';
import type { DeadLetter } from './dead-letter.js';
import { type Replay, toHeaders } from './failure-headers.js';
import type { OrderedProducer } from './ordered-producer.js';

/** What a replay needs of a dead letter. */
export type ReplayableLetter = Pick<DeadLetter, 'partition' | 'group' | 'key' | 'value' | 'failure'>;

export interface ReplayItem {
  readonly letter: ReplayableLetter;
  readonly replay: Replay;
}

/**
 * Sends dead letters back to the group that failed, and to no other: through its first retry topic, due at once, with
 * all attempts and the whole retry deadline before it again. The group answers with `DeadLetterReplayed`. Sending one twice is harmless.
 */
export async function sendReplays(
  producer: OrderedProducer,
  firstDelayOf: (groupName: string) => string,
  nowMs: number,
  items: readonly ReplayItem[],
): Promise<void> {
  if (items.length === 0) return;
  const addressed = items.map(({ letter, replay }) => ({
    topic: retryTopic(letter.failure.originTopic, letter.group, firstDelayOf(letter.group)),
    message: {
      key: letter.key ?? null,
      value: letter.value,
      partition: letter.partition,
      headers: toHeaders({
        ...letter.failure,
        attempts: 0,
        retryingSince: nowMs,
        dueAt: 0,
        gaveUp: undefined,
        replay,
      }),
    },
  }));
  await producer.send(addressed);
}
