import { consumerGroups, deadLetterTopic } from '@florin/contracts';
import { type Codec, UndecodableError } from './codec.js';
import type { FetchedRecord } from './delivery.js';
import { type FailureHeaders, fromHeaders } from './failure-headers.js';
import { applyLimitMs } from './handler-timeout.js';
import type { UnitFactory } from './message-unit.js';
import type { SliceResult } from './slice-processor.js';
import type { UnitOfWork } from './unit-of-work.js';

/** A record of a dead-letter topic, decoded as far as it can be. */
export interface DeadLetter {
  /** Physical dead-letter topic. */
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  /** The consumer group that gave up. */
  readonly group: string;
  readonly key: string | undefined;
  /** The raw bytes, exactly as the producer wrote them. */
  readonly value: Buffer;
  readonly failure: FailureHeaders;
  /** Full name of the message and its content; undefined when it cannot be decoded. */
  readonly messageName: string | undefined;
  readonly payload: unknown;
}

/** Logical names of all dead-letter topics with the group each belongs to. */
export const deadLetterTopics: readonly { topic: string; group: string }[] = Object.values(
  consumerGroups,
).flatMap(({ name, topics }) =>
  topics.map((topic) => ({ topic: deadLetterTopic(topic, name), group: name })),
);

/** Reads dead letters in batches and hands them over inside a transaction. Redelivery is the reader's to absorb. */
export class DeadLetterReader {
  private readonly groupOf: ReadonlyMap<string, string>;

  constructor(
    topicPrefix: string,
    private readonly codec: Codec,
    private readonly units: UnitFactory,
    private readonly apply: (unit: UnitOfWork, letters: readonly DeadLetter[]) => Promise<void>,
  ) {
    this.groupOf = new Map(deadLetterTopics.map(({ topic, group }) => [topicPrefix + topic, group]));
  }

  async process(records: readonly FetchedRecord[]): Promise<SliceResult> {
    const letters = await Promise.all(records.map((record) => this.read(record)));
    await this.units.run((unit) => this.apply(unit, letters), { timeoutMs: applyLimitMs([]) });
    return { done: records.length, pauseMs: undefined };
  }

  private async read({ topic, partition, message }: FetchedRecord): Promise<DeadLetter> {
    const decoded = await this.codec.decode(message.value).catch((error) => {
      if (error instanceof UndecodableError) return undefined;
      throw error;
    });
    return {
      topic,
      partition,
      offset: message.offset,
      group: this.groupOf.get(topic) ?? '',
      key: message.key?.toString(),
      value: message.value ?? Buffer.alloc(0),
      failure: fromHeaders(message.headers) ?? unknownFailure(topic, partition, message.offset),
      messageName: decoded?.definition?.name,
      payload: decoded?.value,
    };
  }
}

/** For a record that something other than Florin wrote into a dead-letter topic. */
function unknownFailure(topic: string, partition: number, offset: string): FailureHeaders {
  return {
    traceparent: undefined,
    attempts: 0,
    originTopic: topic,
    originPartition: partition,
    originOffset: offset,
    firstFailedAt: 0,
    lastFailedAt: 0,
    retryingSince: 0,
    errorCode: 'unknown',
    errorMessage: 'the record carries no failure headers',
    fingerprint: 'unknown',
    dueAt: 0,
    gaveUp: undefined,
    replay: undefined,
  };
}
