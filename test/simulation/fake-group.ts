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
  private readonly topics = new Set<string>();
  private readonly lanes = new Map<string, TopicPartition & { readonly log: readonly StoredRecord[] }>();
  private readonly owners = new Map<string, Member>();
  private generation = 0;

  constructor(
    readonly id: string,
    private readonly broker: FakeBroker,
  ) {}

  join(member: Member): readonly TopicPartition[] {
    if (!this.members.has(member)) {
      this.members.add(member);
      this.readLanesOf(member);
      this.rebalance();
    }
    member.generation = this.generation;
    return [...this.lanes.values()].filter((lane) => this.owners.get(laneOf(lane)) === member);
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
    let i = turn;
    for (const lane of this.lanes.keys()) this.owners.set(lane, members[i++ % members.length]!);
    this.wake('rebalance');
  }

  /** @throws BrokerFailure when the member has to join again */
  heartbeat(member: Member): void {
    if (!this.members.has(member)) throw new BrokerFailure('KafkaJSProtocolError', 'UNKNOWN_MEMBER_ID');
    if (member.generation !== this.generation) {
      throw new BrokerFailure('KafkaJSProtocolError', 'REBALANCE_IN_PROGRESS');
    }
  }

  commit(member: Member, generation: number, offsets: ReadonlyMap<string, number>): void {
    if (!this.members.has(member)) throw new BrokerFailure('KafkaJSProtocolError', 'UNKNOWN_MEMBER_ID');
    if (generation !== this.generation) {
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

  reads(topic: string): boolean {
    return this.topics.has(topic);
  }

  /** Something has changed: members that wait for records look again. */
  wake(why: WakeReason): void {
    for (const member of this.members) member.wake?.(why);
  }

  state(): ConsumerGroupState {
    let lag = 0;
    for (const [name, { log }] of this.lanes) lag += log.length - (this.committed.get(name) ?? 0);
    return { id: this.id, members: this.members.size, lag };
  }

  /** All partitions that the members have asked for; a group keeps them when it has no members for a while. */
  private readLanesOf(member: Member): void {
    for (const topic of member.topics) {
      if (this.topics.has(topic)) continue;
      this.topics.add(topic);
      for (let partition = 0; partition < partitionsPerTopic; partition++) {
        const lane = { topic, partition };
        this.lanes.set(laneOf(lane), { ...lane, log: this.broker.log(topic, partition) });
      }
    }
  }

  private recordsOf(lane: string): readonly StoredRecord[] {
    return this.lanes.get(lane)!.log;
  }
}
