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

type Returnable = Omit<ReplayableLetter, 'value'> & { readonly value: Buffer | null };

/**
 * Sends dead letters back to the group that failed, and to no other: through its first retry topic, due at once, with
 * all attempts and the whole retry deadline before it again. The group answers with `DeadLetterReplayed`. Sending one twice is harmless.
 */
export async function sendReplays(
  producer: OrderedProducer,
  firstDelayOf: (groupName: string) => string,
  nowMs: number,
  items: readonly { readonly letter: Returnable; readonly replay: Replay }[],
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

/** A dead letter that is put aside for good. */
export interface DiscardedLetter {
  readonly letter: Omit<ReplayableLetter, 'value'>;
  readonly deadLetterId: string;
}

/**
 * Tells the groups that failed that these dead letters will never be replayed, the way replays go. A group that keeps
 * later messages of the key waiting lets them go on; the others have nothing to do. Telling it twice is harmless.
 */
export async function sendDiscards(
  producer: OrderedProducer,
  firstDelayOf: (groupName: string) => string,
  nowMs: number,
  discarded: readonly DiscardedLetter[],
): Promise<void> {
  const items = discarded.map(({ letter, deadLetterId }) => ({
    // Without the value nobody can take it for a message, whatever the version.
    letter: { ...letter, value: null },
    replay: { replayId: deadLetterId, deadLetterId, discard: true },
  }));
  await sendReplays(producer, firstDelayOf, nowMs, items);
}
