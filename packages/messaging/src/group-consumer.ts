import type { Clock, Logger } from '@florin/observability';
import { crashLevel } from './crash-level.js';
import type { FetchedRecord } from './delivery.js';
import { fromHeaders } from './failure-headers.js';
import type { FetchOptions } from './fetch-options.js';
import type { Consumer, EachBatchPayload, KafkaClient } from './kafka.js';
import type { MessagingMetrics } from './metrics.js';
import { OffsetCommits } from './offset-commits.js';
import { PartitionLag } from './partition-lag.js';
import type { SliceProcessor, SliceResult } from './slice-processor.js';
import { WakeUp } from './wake-up.js';

const maxSlice = 500;
const heartbeatEveryMs = 3_000;
const maxRestartBackoffMs = 10_000;
/** Timers of Node.js take what is longer than 24 days for 1 ms: what is due later than this is looked at again. */
const maxTierPauseMs = 3_600_000;
/** An idle member heartbeats every second, one in a batch every three. */
const silenceMs = 8_000;

export interface GroupConsumerOptions {
  /** Kafka group id, prefix included. */
  readonly groupId: string;
  /** Physical topics. */
  readonly topics: readonly string[];
  /** Latency of the first message against idle CPU. */
  readonly fetch: FetchOptions;
  /** Pause after a batch with which all partitions have caught up; none when absent. */
  readonly restMs?: number | undefined;
  /** The same when nobody waits for anything of the batch; `restMs` when absent. */
  readonly unhurriedRestMs?: number | undefined;
  readonly kafka: KafkaClient;
  readonly processor: Pick<SliceProcessor, 'process'>;
  /** Runs after partitions were assigned, before the first of their records is processed. */
  readonly onAssigned?: () => Promise<void>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: MessagingMetrics;
}

interface Processed {
  /** Offset of the first record that is not finished. */
  readonly next: number;
  /** Nobody waits for anything of it. */
  readonly isUnhurried: boolean;
}

/**
 * One member of a Kafka group. All partitions of a fetch are processed at once and meet in the executor behind the
 * processor. Offsets are committed after the processor has finished with the records, never before.
 */
export class GroupConsumer {
  private consumer: Consumer | undefined;
  private readonly timers = new Set<NodeJS.Timeout>();
  private joined = false;
  private stopping = false;
  private readonly endOfRest = new WakeUp();
  private resting: Promise<boolean> | undefined;
  private crashes = 0;
  /** Grows with each assignment of partitions. */
  private generation = 0;
  private assigned: Promise<void> | undefined;
  private heardAtMs = Number.NEGATIVE_INFINITY;
  private readonly lag: PartitionLag;
  private readonly commits: OffsetCommits;

  constructor(private readonly options: GroupConsumerOptions) {
    this.lag = new PartitionLag(options.metrics.consumerLag, options.groupId);
    this.commits = new OffsetCommits(options.logger);
  }

  /** True while it is a member of its group and the broker answers its heartbeats, records or not. */
  isReady(): boolean {
    return this.joined && performance.now() - this.heardAtMs < silenceMs;
  }

  async start(): Promise<void> {
    const { kafka, groupId, topics, fetch } = this.options;
    const consumer = kafka.consumer(groupId, fetch);
    this.consumer = consumer;
    const events = kafka.consumerEvents;
    consumer.on(events.GROUP_JOIN, ({ payload }) => this.onJoin(payload.memberAssignment));
    consumer.on(events.HEARTBEAT, () => {
      this.heardAtMs = performance.now();
    });
    consumer.on(events.CRASH, ({ payload }) => {
      this.leave();
      void this.restart(consumer, payload.error);
    });
    await consumer.connect();
    await consumer.subscribe({ topics: [...topics], fromBeginning: true });
    // `stop` may have come while this one connected; it must not join a group that nobody will leave any more.
    if (this.stopping) return consumer.disconnect();
    await consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      // As many as there can be partitions in a fetch, so that all of them share one transaction.
      partitionsConsumedConcurrently: 64,
      eachBatch: (payload) => this.eachBatch(payload),
    });
  }

  async stop(): Promise<void> {
    this.stopping = true;
    this.endOfRest.signal();
    for (const timer of this.timers) clearTimeout(timer);
    await this.commits.flush();
    this.leave();
    await this.consumer?.disconnect();
  }

  private onJoin(assignment: Readonly<Record<string, readonly number[]>>): void {
    this.joined = true;
    this.crashes = 0;
    this.generation++;
    this.assigned = undefined;
    this.heardAtMs = performance.now();
    this.commits.forget();
    this.lag.keepOnly(assignment);
  }

  private leave(): void {
    this.joined = false;
    this.commits.forget();
    this.lag.keepOnly({});
  }

  private prepared(): Promise<void> {
    this.assigned ??= (this.options.onAssigned?.() ?? Promise.resolve()).catch((error: unknown) => {
      this.assigned = undefined;
      throw error;
    });
    return this.assigned;
  }

  private async restart(crashed: Consumer, error: Error): Promise<void> {
    const { logger, groupId } = this.options;
    this.crashes++;
    const backoffMs = Math.min(maxRestartBackoffMs, 250 * 2 ** this.crashes);
    const level = crashLevel(error, this.crashes);
    logger[level]({ err: error, groupId, backoffMs }, 'consumer crashed, it will be restarted');
    await crashed
      .disconnect()
      .catch((e: Error) => logger.warn({ err: e, groupId }, 'crashed consumer did not close'));
    this.later(backoffMs, () => {
      this.start().catch((e: Error) => this.restart(this.consumer!, e));
    });
  }

  private later(delayMs: number, action: () => void): void {
    if (this.stopping) return;
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      action();
    }, delayMs);
    this.timers.add(timer);
  }

  private async eachBatch(payload: EachBatchPayload): Promise<void> {
    // A failed heartbeat means a rebalance; the one after the batch meets it again and kafkajs rejoins then.
    const beat = setInterval(() => payload.heartbeat().catch(() => undefined), heartbeatEveryMs);
    try {
      const { next, isUnhurried } = await this.processBatch(payload);
      const { restMs, unhurriedRestMs = restMs } = this.options;
      const ownRestMs = isUnhurried ? unhurriedRestMs : restMs;
      const hasCaughtUp = next === Number(payload.batch.highWatermark);
      if (hasCaughtUp && ownRestMs !== undefined) await this.rest(ownRestMs);
      else this.endOfRest.signal();
    } finally {
      clearInterval(beat);
    }
  }

  private async processBatch(payload: EachBatchPayload): Promise<Processed> {
    const { batch, resolveOffset, isRunning } = payload;
    const { topic, partition, messages } = batch;
    const { generation } = this;
    // With several brokers kafkajs joins again while batches of others are in hand, and would commit what is resolved
    // then, revoked or not. What was applied and not resolved comes again as a duplicate.
    const isCurrent = (): boolean => isRunning() && !payload.isStale() && generation === this.generation;
    let next = Number(batch.firstOffset());
    let isUnhurried = true;
    try {
      await this.prepared();
      let from = 0;
      while (from < messages.length && isCurrent()) {
        const slice = messages.slice(from, from + maxSlice);
        const result = await this.processDue(
          slice.map((message) => ({ topic, partition, message, failure: fromHeaders(message.headers) })),
        );
        const { done, pauseMs, isCopied } = result;
        isUnhurried &&= result.isUnhurried === true;
        if (generation !== this.generation) break;
        if (done > 0) {
          resolveOffset(slice[done - 1]!.offset);
          next = Number(slice[done - 1]!.offset) + 1;
        }
        from += done;
        if (pauseMs !== undefined) this.later(pauseMs, payload.pause());
        const isUrgent = isCopied === true || pauseMs !== undefined || this.stopping;
        if (done > 0) await this.commits.resolved(payload, done, isUrgent);
        if (pauseMs !== undefined) break;
      }
      return { next, isUnhurried };
    } finally {
      // Counted from what is finished: what waits behind a pause or an error is behind as well.
      if (generation === this.generation) this.lag.set(topic, partition, Number(batch.highWatermark) - next);
    }
  }

  /** kafkajs fetches again when all partitions of a fetch are done: they rest together, and not while one of them has no reason to. */
  private async rest(restMs: number): Promise<void> {
    if (this.stopping) return;
    this.resting ??= this.endOfRest.wait(restMs).finally(() => {
      this.resting = undefined;
    });
    await this.resting;
  }

  /** Retry topics hold records that are not due yet: the partition pauses until the first of them is. */
  private async processDue(records: readonly FetchedRecord[]): Promise<SliceResult> {
    const nowMs = this.options.clock.now();
    const early = records.findIndex((record) => (record.failure?.dueAt ?? 0) > nowMs);
    const due = early === -1 ? records : records.slice(0, early);
    const nothing: SliceResult = { done: 0, pauseMs: undefined };
    const result = due.length === 0 ? nothing : await this.options.processor.process(due);
    if (result.pauseMs !== undefined || early === -1) return result;
    return { ...result, pauseMs: Math.min(maxTierPauseMs, records[early]!.failure!.dueAt - nowMs) };
  }
}
