import type { ConsumerGroupState } from './fake-group.js';
import { FakeGroup } from './fake-group.js';
import type { Faults } from './faults.js';
import type { Oracle } from './oracle.js';
import type { Random } from './random.js';
import { BrokerFailure, partitionsPerTopic, type RecordToStore, type StoredRecord } from './records.js';
import type { Scheduler, SimulatedProcess } from './scheduler.js';

/** One Kafka cluster: partitioned logs, groups with generations and committed offsets. */
export class FakeBroker {
  isDown = false;
  /** Requests whose senders have given up and that are still on their way. */
  lateRequests = 0;
  readonly topics = new Map<string, StoredRecord[][]>();
  readonly groups = new Map<string, FakeGroup>();

  constructor(
    readonly scheduler: Scheduler,
    readonly random: Random,
    readonly faults: Faults,
    readonly oracle: Oracle,
  ) {}

  createTopic(name: string): void {
    if (this.topics.has(name)) return;
    this.topics.set(
      name,
      Array.from({ length: partitionsPerTopic }, () => []),
    );
  }

  log(topic: string, partition: number): StoredRecord[] {
    const log = this.topics.get(topic)?.[partition];
    if (!log) throw new Error(`topic ${topic} has no partition ${partition}`);
    return log;
  }

  group(id: string): FakeGroup {
    let group = this.groups.get(id);
    if (!group) {
      group = new FakeGroup(id, this);
      this.groups.set(id, group);
    }
    return group;
  }

  states(): ConsumerGroupState[] {
    return [...this.groups.values()].map((group) => group.state());
  }

  /** A request over the network and its answer; without a broker it fails. */
  call<T>(process: SimulatedProcess, serve: () => T): Promise<T> {
    const { scheduler, random } = this;
    return new Promise((resolve, reject) => {
      const settle = (action: () => void): void => {
        scheduler.after(random.between(0.1, 1.5), process, action);
      };
      scheduler.after(random.between(0.1, 2), undefined, () => {
        if (this.isDown) return settle(() => reject(new BrokerFailure('KafkaJSConnectionError', 'away')));
        try {
          const result = serve();
          settle(() => resolve(result));
        } catch (error) {
          if (!(error instanceof BrokerFailure)) throw error;
          settle(() => reject(error));
        }
      });
    });
  }

  /** One produce request, with what can happen to it on the way there and back. */
  produce(process: SimulatedProcess, records: readonly RecordToStore[]): Promise<void> {
    const { scheduler, random } = this;
    const fault = this.faults.onProduce();
    if (fault === 'late') {
      // The client gives up; the network delivers the request all the same.
      this.lateRequests++;
      scheduler.after(random.between(5, 3_000), undefined, () => {
        this.lateRequests--;
        this.append(records, process.name);
      });
      return this.call(process, () => {
        throw new BrokerFailure('KafkaJSRequestTimeoutError', 'late');
      });
    }
    return this.call(process, () => {
      if (fault === 'refused') throw new BrokerFailure('KafkaJSProtocolError', 'NOT_ENOUGH_REPLICAS');
      if (fault === 'partly') {
        const partition = random.int(partitionsPerTopic);
        this.append(
          records.filter((record) => this.partitionOf(record) === partition),
          process.name,
        );
        throw new BrokerFailure('KafkaJSProtocolError', 'NOT_LEADER_FOR_PARTITION');
      }
      this.append(records, process.name);
      if (fault === 'ack lost') throw new BrokerFailure('KafkaJSRequestTimeoutError', 'ack lost');
      if (fault === 'stored, then refused') {
        throw new BrokerFailure('KafkaJSProtocolError', 'NOT_ENOUGH_REPLICAS_AFTER_APPEND');
      }
    });
  }

  append(records: readonly RecordToStore[], by: string): void {
    for (const { topic, key, value, headers, ...rest } of records) {
      const partition = this.partitionOf({ topic, key, value, headers, ...rest });
      const log = this.log(topic, partition);
      const record: StoredRecord = { topic, partition, offset: log.length, key, value, headers };
      log.push(record);
      this.oracle.stored(record, by);
    }
    for (const group of this.groups.values()) {
      if (records.some(({ topic }) => group.reads(topic))) group.wake('records');
    }
  }

  private partitionOf({ key, partition }: RecordToStore): number {
    if (partition !== undefined) return partition;
    let hash = 7;
    for (const byte of key ?? []) hash = (Math.imul(hash, 31) + byte) >>> 0;
    return hash % partitionsPerTopic;
  }
}
