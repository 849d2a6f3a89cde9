import { setTimeout as delay } from 'node:timers/promises';
import type { Message } from '@florin/contracts';
import { type Codec, UndecodableError } from './codec.js';
import type { Delivery, FetchedRecord } from './delivery.js';
import { headerText } from './failure-headers.js';
import type { Handler } from './handler.js';
import type { Admin, Consumer, EachBatchPayload, KafkaClient, KafkaMessage } from './kafka.js';
import type { UnitOfWork } from './unit-of-work.js';
import { inWaves } from './waves.js';

const maxBatch = 500;
const maxWaitMs = 200;
const pollMs = 20;
/** More is not read while so many messages are kept back. */
const maxKeptBack = 5_000;
/** Nothing here looks into the inbox. */
const noFingerprint = Buffer.alloc(0);

/** The part of a topic that the broker still has: `low` is the first offset, `high` the one behind the last. */
export interface PartitionRange {
  /** Without the prefix of the installation. */
  readonly topic: string;
  readonly partition: number;
  readonly low: number;
  readonly high: number;
}

/** A message of the past that a handler could not apply. */
export interface UnappliedMessage {
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  readonly messageId: string | undefined;
  readonly messageName: string | undefined;
  readonly error: string;
}

export interface HistoryOptions {
  /** Name of a Kafka group that nobody else uses, without the prefix. */
  readonly groupName: string;
  readonly topics: readonly string[];
  readonly handlers: readonly Handler[];
  /** Runs the work of a batch in one transaction, on whatever database; a batch that fails is divided. */
  readonly transaction: <T>(work: (unit: UnitOfWork) => Promise<T>) => Promise<T>;
  readonly onUnapplied: (message: UnappliedMessage) => void;
  readonly behind: GroupAhead;
}

/**
 * A group that applies the same messages elsewhere. A message that it had not passed when the reading began is kept back until
 * it has applied it.
 */
export interface GroupAhead {
  /** Without the prefix. */
  readonly groupName: string;
  /** Which of these messages it has applied. */
  readonly applied: (messageIds: readonly string[]) => Promise<ReadonlySet<string>>;
}

export interface HistoryConnections {
  readonly kafka: KafkaClient;
  readonly admin: Admin;
  readonly codec: Codec;
  readonly topicPrefix: string;
}

export class HistoryTimeoutError extends Error {
  readonly code = 'history-timeout';
  constructor() {
    super('the history was not read in time');
    this.name = 'HistoryTimeoutError';
  }
}

/**
 * Reads topics from their oldest records on, beside the group that consumes them, without inbox, retries and dead
 * letters. Handlers must absorb what comes twice.
 */
export class History {
  private readonly handlers: ReadonlyMap<string, Handler>;
  private readonly positions = new Map<string, number>();
  /** First offsets that the group ahead had not committed when the reading began. */
  private passed: ReadonlyMap<string, number> = new Map();
  private keptBack: readonly Delivery[] = [];
  private handing: Promise<void> = Promise.resolve();
  private consumer: Consumer | undefined;
  private failure: Error | undefined;
  private count = 0;

  constructor(
    private readonly connections: HistoryConnections,
    private readonly options: HistoryOptions,
  ) {
    this.handlers = new Map(options.handlers.map((handler) => [handler.definition.name, handler]));
  }

  /** How many records lie behind. */
  get read(): number {
    return this.count;
  }

  /** What the topics hold at this moment. */
  async ranges(): Promise<readonly PartitionRange[]> {
    const { admin, topicPrefix } = this.connections;
    const found = await Promise.all(
      this.options.topics.map(async (topic) =>
        (await admin.fetchTopicOffsets(topicPrefix + topic)).map(({ partition, low, high }) => ({
          topic,
          partition,
          low: Number(low),
          high: Number(high),
        })),
      ),
    );
    return found.flat();
  }

  async start(): Promise<void> {
    const { kafka, topicPrefix } = this.connections;
    this.passed = await this.committed();
    const consumer = kafka.consumer(topicPrefix + this.options.groupName, { maxWaitMs });
    this.consumer = consumer;
    consumer.on(kafka.consumerEvents.CRASH, ({ payload }) => {
      // After a passing trouble of the broker kafkajs starts over by itself, and what is read again is absorbed.
      if (!payload.restart) this.failure = payload.error;
    });
    await consumer.connect();
    const topics = this.options.topics.map((topic) => topicPrefix + topic);
    await consumer.subscribe({ topics, fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      eachBatch: (payload) => this.eachBatch(payload),
    });
  }

  /**
   * Resolves when everything below the `high` of these ranges has been handed to the handlers, or is kept back.
   * @throws HistoryTimeoutError, or what ended the reading
   */
  async reach(ranges: readonly PartitionRange[], timeoutMs: number): Promise<void> {
    const deadline = performance.now() + timeoutMs;
    const isBehind = ({ topic, partition, low, high }: PartitionRange): boolean =>
      (this.positions.get(`${topic} ${partition}`) ?? low) < high;
    while (ranges.some(isBehind)) {
      if (this.failure) throw this.failure;
      if (performance.now() > deadline) throw new HistoryTimeoutError();
      await delay(pollMs);
    }
  }

  /** Hands over what was kept back and need not be any more. */
  async handKeptBack(): Promise<void> {
    await this.hand([]);
  }

  async stop(): Promise<void> {
    await this.consumer?.disconnect();
    const { admin, topicPrefix } = this.connections;
    // It has committed nothing, but the broker remembers its name; in the end it forgets by itself.
    await admin.deleteGroups([topicPrefix + this.options.groupName]).catch(() => undefined);
  }

  private async eachBatch(payload: EachBatchPayload): Promise<void> {
    const { batch, resolveOffset, heartbeat, isRunning } = payload;
    const topic = batch.topic.slice(this.connections.topicPrefix.length);
    for (let from = 0; from < batch.messages.length && isRunning(); from += maxBatch) {
      const slice = batch.messages.slice(from, from + maxBatch);
      const deliveries: Delivery[] = [];
      for (const message of slice) {
        const record = { topic, partition: batch.partition, message, failure: undefined };
        const delivery = await this.decode(record);
        if (delivery) deliveries.push(delivery);
      }
      await this.hand(deliveries);
      while (this.keptBack.length > maxKeptBack && isRunning()) {
        await delay(maxWaitMs);
        await heartbeat();
        await this.handKeptBack();
      }
      const { offset } = slice.at(-1) as KafkaMessage;
      this.positions.set(`${topic} ${batch.partition}`, Number(offset) + 1);
      this.count += slice.length;
      resolveOffset(offset);
      await heartbeat();
    }
  }

  private async decode(record: FetchedRecord): Promise<Delivery | undefined> {
    const { message } = record;
    const { codec } = this.connections;
    const peeked = codec.peek(message.value);
    if (peeked && !this.handlers.has(peeked.name)) return undefined;
    try {
      const { definition, value } = await codec.decode(message.value);
      const handler = definition && this.handlers.get(definition.name);
      if (!handler) return undefined;
      const received = {
        definition,
        key: message.key?.toString() ?? '',
        value: value as Message,
        traceparent: headerText(message.headers, 'traceparent'),
        attempt: 1,
      };
      return { record, fingerprint: noFingerprint, handler, received };
    } catch (error) {
      if (!(error instanceof UndecodableError)) throw error;
      this.unapplied(record, undefined, error);
      return undefined;
    }
  }

  private async committed(): Promise<ReadonlyMap<string, number>> {
    const { behind, topics } = this.options;
    const { admin, topicPrefix } = this.connections;
    const found = await admin.fetchOffsets({
      groupId: topicPrefix + behind.groupName,
      topics: topics.map((topic) => topicPrefix + topic),
    });
    return new Map(
      found.flatMap(({ topic, partitions }) =>
        partitions.map(({ partition, offset }) => [
          `${topic.slice(topicPrefix.length)} ${partition}`,
          Number(offset),
        ]),
      ),
    );
  }

  /** One at a time: what was kept back comes before what is read later. */
  private hand(deliveries: readonly Delivery[]): Promise<void> {
    const handed = this.handing.then(async () => {
      const waiting = [...this.keptBack, ...deliveries];
      const isDue = await this.dueAmong(waiting);
      const due = waiting.filter(isDue);
      for (let from = 0; from < due.length; from += maxBatch)
        await this.apply(due.slice(from, from + maxBatch));
      this.keptBack = waiting.filter((delivery) => !isDue(delivery));
    });
    this.handing = handed.catch(() => undefined);
    return handed;
  }

  private async dueAmong(deliveries: readonly Delivery[]): Promise<(delivery: Delivery) => boolean> {
    const isAhead = ({ record }: Delivery): boolean =>
      Number(record.message.offset) >= (this.passed.get(`${record.topic} ${record.partition}`) ?? 0);
    const ahead = deliveries.filter(isAhead).map(idOf);
    if (ahead.length === 0) return () => true;
    const applied = await this.options.behind.applied(ahead);
    return (delivery) => !isAhead(delivery) || applied.has(idOf(delivery));
  }

  /** Bisects a batch that fails: whatever can be applied is. */
  private async apply(deliveries: readonly Delivery[]): Promise<void> {
    if (deliveries.length === 0) return;
    try {
      await this.options.transaction(async (unit) => {
        for (const { handler, members } of inWaves(deliveries)) {
          await handler.apply(
            unit,
            members.map(({ received }) => ({ message: received, result: undefined })),
          );
        }
      });
    } catch (error) {
      const [first] = deliveries;
      if (deliveries.length === 1) return this.unapplied(first!.record, first, error);
      const middle = deliveries.length >> 1;
      await this.apply(deliveries.slice(0, middle));
      await this.apply(deliveries.slice(middle));
    }
  }

  private unapplied(record: FetchedRecord, delivery: Delivery | undefined, error: unknown): void {
    this.options.onUnapplied({
      topic: record.topic,
      partition: record.partition,
      offset: record.message.offset,
      messageId: delivery?.received.value.meta.messageId,
      messageName: delivery?.received.definition.name,
      error: error instanceof Error ? error.message : String(error),
    });
  }
}

function idOf({ received }: Delivery): string {
  return received.value.meta.messageId;
}
