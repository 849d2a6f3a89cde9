import { setTimeout as delay } from 'node:timers/promises';
import type { EachBatchPayload } from '@florin/messaging/testing';
import type { FakeBroker } from './fake-broker.js';
import { type FakeGroup, laneOf, type Member, type WakeReason } from './fake-group.js';
import { BrokerFailure, type StoredRecord } from './records.js';
import type { SimulatedProcess } from './scheduler.js';

type Listener = (event: { payload: object }) => void;
interface RunOptions {
  readonly eachBatch: (payload: EachBatchPayload) => Promise<void>;
}

const rejoin = new Set(['REBALANCE_IN_PROGRESS', 'ILLEGAL_GENERATION', 'UNKNOWN_MEMBER_ID']);
const heartbeatIntervalMs = 1_000;
const idleHeartbeatMs = 2_000;
const retriesBeforeCrash = 5;

/**
 * A group member that behaves like the runner of kafkajs 2.2 without `autoCommit`: all lanes of a fetch at once, offsets of
 * what was resolved committed when it is asked to, positions read again after each rebalance.
 */
export class FakeConsumer {
  private readonly listeners = new Map<string, Listener>();
  private readonly group: FakeGroup;
  private member: Member | undefined;
  private topics: readonly string[] = [];
  private running = false;
  private loop: Promise<void> = Promise.resolve();
  private readonly positions = new Map<string, number>();
  private readonly committed = new Map<string, number>();
  /** That of the positions: kafkajs commits them as the member it was when it read them, also while it joins anew. */
  private generation = 0;
  private heardAtMs = Number.NEGATIVE_INFINITY;
  private readonly paused = new Set<string>();
  /** One commit request after the other, as on the one connection that kafkajs has to the coordinator. */
  private commits: Promise<void> = Promise.resolve();

  constructor(
    private readonly broker: FakeBroker,
    private readonly process: SimulatedProcess,
    groupId: string,
  ) {
    this.group = broker.group(groupId);
  }

  on(event: string, listener: Listener): void {
    this.listeners.set(event, listener);
  }

  async connect(): Promise<void> {
    await this.broker.call(this.process, () => undefined);
  }

  async subscribe({ topics }: { topics: string[] }): Promise<void> {
    this.topics = topics;
  }

  async run(options: RunOptions): Promise<void> {
    this.running = true;
    this.loop = this.consume(options);
  }

  async disconnect(): Promise<void> {
    this.running = false;
    this.member?.wake?.('rebalance');
    await this.loop;
    const { member } = this;
    // Without a broker nobody hears the farewell: the session ends by itself.
    if (member) {
      await this.broker
        .call(this.process, () => this.group.leave(member))
        .catch(() => this.group.expire(member));
    }
  }

  private async consume(options: RunOptions): Promise<void> {
    let failures = 0;
    while (this.running) {
      try {
        if (this.broker.faults.onConsumerLoop())
          throw new BrokerFailure('KafkaJSNonRetriableError', 'BROKEN');
        if (!this.member) await this.join();
        await this.step(options);
        failures = 0;
      } catch (error) {
        if (!(error instanceof Error)) throw error;
        if (error instanceof TypeError) this.broker.oracle.violate(`a bug: ${error.stack}`);
        this.broker.oracle.trace(() => ['consumer error', this.process.name, this.group.id, error.message]);
        if (error.name === 'KafkaJSNonRetriableError') return this.crash(error, false);
        const { type } = error as { type?: string };
        if (type !== undefined && rejoin.has(type)) {
          if (type === 'UNKNOWN_MEMBER_ID') this.member = undefined;
          await this.join().catch(() => undefined);
          continue;
        }
        failures++;
        if (failures > retriesBeforeCrash) {
          // kafkajs says that it restarts by itself, and does so.
          this.emit('consumer.crash', { error, restart: true });
          failures = 0;
        }
        await delay(50 * 2 ** failures);
      }
    }
  }

  private crash(error: Error, restart: boolean): void {
    this.running = false;
    this.emit('consumer.crash', { error, restart });
  }

  private emit(name: string, payload: object): void {
    this.listeners.get(name)?.({ payload });
  }

  private async join(): Promise<void> {
    const member: Member = this.member ?? {
      process: this.process,
      topics: this.topics,
      generation: 0,
      wake: undefined,
    };
    this.member = member;
    const { generation, lanes } = await this.broker.call(this.process, () => {
      const joined = this.group.join(member).map((lane) => ({
        ...lane,
        name: laneOf(lane),
        offset: this.group.committed.get(laneOf(lane)) ?? 0,
      }));
      return { generation: member.generation, lanes: joined };
    });
    this.generation = generation;
    this.positions.clear();
    this.committed.clear();
    for (const { name, offset } of lanes) {
      this.positions.set(name, offset);
      this.committed.set(name, offset);
    }
    const memberAssignment: Record<string, number[]> = {};
    for (const { topic, partition } of lanes) {
      memberAssignment[topic] ??= [];
      memberAssignment[topic].push(partition);
    }
    this.emit('consumer.group_join', { memberAssignment });
  }

  private async step({ eachBatch }: RunOptions): Promise<void> {
    const active = new Map([...this.positions].filter(([lane]) => !this.paused.has(lane)));
    const batches =
      active.size === 0 ? [] : await this.broker.call(this.process, () => this.group.fetch(active));
    if (!this.running) return;
    if (batches.length === 0) {
      const why = await this.waitForRecords();
      if (!this.running || why === 'records') return;
      this.heardAtMs = Number.NEGATIVE_INFINITY;
      await this.heartbeat();
      // A commit that failed is repeated with the next record of the lane; here nothing may remain undone.
      await this.commit();
      return;
    }
    const results = await Promise.allSettled(batches.map((batch) => this.handle(batch, eachBatch)));
    for (const result of results) if (result.status === 'rejected') throw result.reason;
  }

  /** A fetch that the broker holds until there is something to say. */
  private waitForRecords(): Promise<WakeReason> {
    return new Promise((resolve) => {
      const { scheduler } = this.broker;
      const timer = scheduler.after(idleHeartbeatMs, this.process, () => resolve('rebalance'));
      this.member!.wake = (why) => {
        timer.action = undefined;
        this.member!.wake = undefined;
        scheduler.after(this.broker.random.between(0.1, 1), this.process, () => resolve(why));
      };
    });
  }

  private async handle(records: readonly StoredRecord[], eachBatch: RunOptions['eachBatch']): Promise<void> {
    const { topic, partition } = records[0]!;
    const lane = laneOf(records[0]!);
    const payload = {
      batch: {
        topic,
        partition,
        messages: records.map(({ key, value, headers, offset }) => ({
          key,
          value,
          headers,
          offset: String(offset),
        })),
        firstOffset: () => String(records[0]!.offset),
        lastOffset: () => String(records.at(-1)!.offset),
        highWatermark: String(this.broker.log(topic, partition).length),
        offsetLag: () => '0',
      },
      resolveOffset: (offset: string) => {
        // Like kafkajs: a lane that was taken away meanwhile is not tracked any longer.
        if (this.positions.has(lane)) this.positions.set(lane, Number(offset) + 1);
      },
      // All that is resolved, whoever asks.
      uncommittedOffsets: () => ({ topics: [] }),
      commitOffsetsIfNecessary: () => this.commit(),
      heartbeat: () => this.heartbeat(),
      isRunning: () => this.running,
      isStale: () => false,
      pause: () => {
        this.paused.add(lane);
        return () => {
          this.paused.delete(lane);
          this.member?.wake?.('records');
        };
      },
    } as unknown as EachBatchPayload;
    await eachBatch(payload);
    await this.heartbeat();
  }

  private commit(): Promise<void> {
    const commit = this.commits.then(() => this.commitResolved());
    this.commits = commit.catch(() => undefined);
    return commit;
  }

  private async commitResolved(): Promise<void> {
    const { member, generation } = this;
    const moved = new Map(
      [...this.positions].filter(([lane, offset]) => offset !== this.committed.get(lane)),
    );
    if (!member || moved.size === 0) return;
    await this.broker.call(this.process, () => this.group.commit(member, generation, moved));
    for (const [lane, offset] of moved) this.committed.set(lane, offset);
  }

  /** Like kafkajs, not more often than the interval asks for. */
  private async heartbeat(): Promise<void> {
    const { member } = this;
    const { nowMs } = this.broker.scheduler;
    if (!member || nowMs - this.heardAtMs < heartbeatIntervalMs) return;
    await this.broker.call(this.process, () => this.group.heartbeat(member));
    this.heardAtMs = nowMs;
    this.emit('consumer.heartbeat', {});
  }
}
