import type { FakeBroker } from './fake-broker.js';
import { BrokerFailure, partitionsPerTopic, type StoredRecord } from './records.js';
import type { SimulatedProcess } from './scheduler.js';

export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

export type WakeReason = 'records' | 'rebalance';

export interface Member {
  readonly process: SimulatedProcess;
  readonly topics: readonly string[];
  /** The generation the member believes in; it learns of a newer one by heartbeat or commit. */
  generation: number;
  wake: ((why: WakeReason) => void) | undefined;
}

export interface ConsumerGroupState {
  readonly id: string;
  readonly members: number;
  readonly lag: number;
}

/** So long a member may be silent before its partitions go to others. */
export const sessionTimeoutMs = 3_000;

export const laneOf = ({ topic, partition }: TopicPartition): string => `${topic}/${partition}`;

/**
 * The coordinator of one consumer group. A rebalance takes effect at once, as after a rebalance time-out: members learn
 * of it later, so there are always moments in which two of them work on the same records.
 */
export class FakeGroup {
  readonly committed = new Map<string, number>();
  private readonly members = new Set<Member>();
  private readonly owners = new Map<string, Member>();
  private generation = 0;

  constructor(
    readonly id: string,
    private readonly broker: FakeBroker,
  ) {}

  join(member: Member): readonly TopicPartition[] {
    if (!this.members.has(member)) {
      this.members.add(member);
      this.rebalance();
    }
    member.generation = this.generation;
    return this.lanes().filter((lane) => this.owners.get(laneOf(lane)) === member);
  }

  leave(member: Member): void {
    if (this.members.delete(member)) this.rebalance();
  }

  /** The member will not be heard of again. */
  expire(member: Member): void {
    this.broker.scheduler.after(sessionTimeoutMs, undefined, () => this.leave(member));
  }

  /** Called when a process dies or freezes: its members are found missing when their session is over. */
  watch(process: SimulatedProcess): void {
    this.broker.scheduler.after(sessionTimeoutMs, undefined, () => {
      const isSilent = !process.alive || process.frozenUntilMs > this.broker.scheduler.nowMs;
      for (const member of this.members) if (isSilent && member.process === process) this.leave(member);
    });
  }

  rebalance(): void {
    this.generation++;
    this.broker.oracle.trace(() => ['rebalance', this.id, this.generation, this.members.size]);
    const members = [...this.members];
    const turn = this.broker.random.int(Math.max(1, members.length));
    this.owners.clear();
    if (members.length === 0) return;
    this.lanes().forEach((lane, i) => {
      this.owners.set(laneOf(lane), members[(i + turn) % members.length]!);
    });
    this.wake('rebalance');
  }

  /** @throws BrokerFailure when the member has to join again */
  heartbeat(member: Member): void {
    if (!this.members.has(member)) throw new BrokerFailure('KafkaJSProtocolError', 'UNKNOWN_MEMBER_ID');
    if (member.generation !== this.generation) {
      throw new BrokerFailure('KafkaJSProtocolError', 'REBALANCE_IN_PROGRESS');
    }
  }

  commit(member: Member, offsets: ReadonlyMap<string, number>): void {
    if (!this.members.has(member)) throw new BrokerFailure('KafkaJSProtocolError', 'UNKNOWN_MEMBER_ID');
    if (member.generation !== this.generation) {
      throw new BrokerFailure('KafkaJSProtocolError', 'ILLEGAL_GENERATION');
    }
    for (const [lane, offset] of offsets) {
      const from = this.committed.get(lane) ?? 0;
      this.broker.oracle.trace(() => ['offset', this.id, lane, offset, member.process.name]);
      this.broker.oracle.offsetCommitted(this.id, this.recordsOf(lane).slice(from, offset));
      this.committed.set(lane, offset);
    }
  }

  /** Records from the given positions on, a few of each lane. */
  fetch(positions: ReadonlyMap<string, number>): StoredRecord[][] {
    const batches: StoredRecord[][] = [];
    for (const [lane, position] of positions) {
      const records = this.recordsOf(lane);
      if (records.length <= position) continue;
      batches.push(records.slice(position, position + 1 + this.broker.random.int(12)));
    }
    return batches;
  }

  reads(topics: ReadonlySet<string>): boolean {
    for (const member of this.members) if (member.topics.some((topic) => topics.has(topic))) return true;
    return false;
  }

  /** Something has changed: members that wait for records look again. */
  wake(why: WakeReason): void {
    for (const member of this.members) member.wake?.(why);
  }

  state(): ConsumerGroupState {
    const lag = this.lanes().reduce((sum, lane) => {
      const name = laneOf(lane);
      return sum + this.recordsOf(name).length - (this.committed.get(name) ?? 0);
    }, 0);
    return { id: this.id, members: this.members.size, lag };
  }

  private lanes(): TopicPartition[] {
    const topics = new Set([...this.members].flatMap((member) => member.topics));
    return [...topics].flatMap((topic) =>
      Array.from({ length: partitionsPerTopic }, (_, partition) => ({ topic, partition })),
    );
  }

  private recordsOf(lane: string): StoredRecord[] {
    const cut = lane.lastIndexOf('/');
    return this.broker.log(lane.slice(0, cut), Number(lane.slice(cut + 1)));
  }
}
