import { createHash } from 'node:crypto';
import { DeadLetterReplayed } from '@florin/contracts';
import { deadLetterTopics } from '@florin/messaging';
import type { FakeBroker } from './fake-broker.js';
import type { FakeDatabase } from './fake-database.js';
import type { StoreTransaction } from './fake-store.js';
import { GateOracle } from './gate-oracle.js';
import { Deposit, messageIdOf, PostedEvent, sourceGroup, targetGroup, Withdraw } from './messages.js';
import type { StoredRecord } from './records.js';
import type { SimulatedProcess } from './scheduler.js';

type Trace = readonly (string | number)[];

interface Routed {
  readonly stored: number;
  readonly attempts: number;
}

/**
 * The order of a key holds for writers that serialise on a row of the aggregate. Two processes that report on one
 * replay after a rebalance share no such row: their reports may swap (seed 103348), and no reader minds.
 */
const unorderedTopic = DeadLetterReplayed.topic;
const maxTrace = 1_000_000;
const databaseOf: Record<string, string> = { [targetGroup.name]: 'target', [sourceGroup.name]: 'source' };
const groupsOf = new Map(
  [targetGroup, sourceGroup].flatMap(({ name, topics }) => topics.map((topic) => [topic, name] as const)),
);
const handledNames: Record<string, readonly string[]> = {
  [targetGroup.name]: [Deposit.name, Withdraw.name],
  [sourceGroup.name]: [PostedEvent.name, DeadLetterReplayed.name],
};
const outageCodes = new Set(['ECONNRESET', 'ECONNREFUSED', '57P01', '40001', '25P02']);

/**
 * Knows what is true in a simulated world, because it sits inside the servers, and holds the promises of the core
 * against it: some at every commit and every stored record, the others when the world has come to rest.
 */
export class Oracle {
  violation: string | undefined;
  readonly traced: { timeMs: number; event: Trace }[] = [];
  isTracing = false;
  readonly gates = new GateOracle(this);
  broker!: FakeBroker;
  databases!: Record<string, FakeDatabase>;
  nameOf!: (value: Buffer | null) => string | undefined;

  /** Committed messages by their bytes, in commit order within topic and key. */
  private readonly committed = new Map<
    string,
    { id: string; lane: string; index: number; arrived: boolean }
  >();
  private readonly lanes = new Map<string, { committed: number; arrived: number }>();
  private readonly indexOf = new Map<string, number>();
  private readonly effects: { id: string; key: string }[] = [];
  private readonly effectIds = new Set<string>();
  private readonly foreign = new Set<string>();
  private readonly failedIds = new Set<string>();
  private readonly routed = new Map<string, Routed[]>();
  private readonly storedAt = new Map<StoredRecord, number>();
  private readonly dead = new Map<string, Set<string>>();
  private readonly acknowledgedIds = new Set<string>();
  private readonly replays = new Set<string>();
  private readonly leaseOwners = new Map<SimulatedProcess, string>();
  private readonly fingerprints = new Map<string, Buffer>();
  private stores = 0;

  trace(event: () => Trace): void {
    if (!this.isTracing) return;
    this.traced.push({ timeMs: this.broker.scheduler.nowMs, event: event() });
    if (this.traced.length > maxTrace) this.traced.shift();
  }

  violate(promise: string): void {
    this.trace(() => ['VIOLATION', promise]);
    this.violation ??= promise;
  }

  committing(database: string, tx: StoreTransaction): void {
    this.gates.traceChanges(database, tx);
    for (const row of tx.written('outbox')) this.messageCommitted(row);
    for (const row of tx.written('effect')) {
      const { id, key } = row as { id: string; key: string };
      this.trace(() => ['effect', database, key, id]);
      if (this.effectIds.has(id)) this.violate(`the effect of message ${id} exists twice`);
      this.effectIds.add(id);
      this.effects.push({ id, key });
    }
  }

  acknowledged(ids: readonly string[]): void {
    for (const id of ids) this.acknowledgedIds.add(id);
  }

  replayAcknowledged(replayId: string): void {
    this.replays.add(replayId);
  }

  /** The handler has failed on the message: it may be overtaken. */
  failed(id: string): void {
    this.failedIds.add(id);
  }

  foreignRecord(value: Buffer | null): void {
    this.foreign.add(bytesOf(value));
  }

  leaseAsked(owner: string, process: SimulatedProcess): void {
    this.leaseOwners.set(process, owner);
  }

  outboxRowRemoved(owner: string | undefined, process: SimulatedProcess): void {
    if (this.leaseOwners.get(process) !== owner) {
      this.violate(`${process.name} removed an outbox row although another relay holds the lease`);
    }
  }

  stored(record: StoredRecord, by: string): void {
    this.storedAt.set(record, ++this.stores);
    this.trace(() => [
      'stored',
      `${record.topic}/${record.partition}/${record.offset}`,
      by,
      record.key?.toString() ?? '',
      messageIdOf(record.value),
      record.headers['florin-error-code']?.toString() ?? '',
      record.headers['florin-replay']?.toString() ?? '',
    ]);
    if (this.gates.isDiscard(record)) return;
    if (groupsOf.has(record.topic)) this.published(record);
    else this.failureStored(record);
  }

  private messageCommitted(row: Readonly<Record<string, unknown>>): void {
    const value = row.value as Buffer;
    const lane = `${row.topic}\n${row.key}`;
    const state = this.lanes.get(lane) ?? { committed: 0, arrived: 0 };
    this.lanes.set(lane, state);
    const id = messageIdOf(value);
    this.trace(() => ['committed', String(row.by), String(row.topic), String(row.key), id, String(row.id)]);
    this.committed.set(bytesOf(value), { id, lane, index: state.committed, arrived: false });
    this.indexOf.set(id, state.committed);
    state.committed++;
  }

  private published(record: StoredRecord): void {
    const bytes = bytesOf(record.value);
    const message = this.committed.get(bytes);
    if (!message) {
      if (!this.foreign.has(bytes)) {
        this.violate(`message ${messageIdOf(record.value)} was published and never committed`);
      }
      return;
    }
    if (message.arrived) return;
    message.arrived = true;
    const lane = this.lanes.get(message.lane)!;
    if (message.index !== lane.arrived && record.topic !== unorderedTopic) {
      this.violate(`message ${message.id} was published before an earlier one of its key`);
    }
    lane.arrived++;
  }

  /** A record of a retry or dead-letter topic: it must be what failed, to the last byte, and say where it was. */
  private failureStored(record: StoredRecord): void {
    const origin = originOf(record);
    const [topic, partition, offset] = origin.split('/');
    const before = this.broker.log(topic!, Number(partition))[Number(offset)];
    const isSame =
      before !== undefined &&
      bytesOf(before.value) === bytesOf(record.value) &&
      (before.key?.toString() ?? '') === (record.key?.toString() ?? '') &&
      before.partition === record.partition;
    if (!isSame) this.violate(`${record.topic} has a record that is not the one that failed at ${origin}`);
    const code = record.headers['florin-error-code']?.toString() ?? '';
    if (outageCodes.has(code))
      this.violate(`an outage (${code}) consumed an attempt of the record at ${origin}`);
    const group = groupOf(record.topic);
    this.failedIds.add(messageIdOf(record.value));
    const key = `${group}\n${origin}`;
    const routed = this.routed.get(key) ?? [];
    this.routed.set(key, routed);
    routed.push({ stored: this.stores, attempts: attemptsOf(record) });
    if (!record.topic.endsWith('.dlq')) return;
    this.gates.died(origin);
    const dead = this.dead.get(group) ?? new Set();
    this.dead.set(group, dead);
    dead.add(bytesOf(record.value));
  }

  /** Called before a group commits an offset behind these records. */
  offsetCommitted(groupId: string, records: readonly StoredRecord[]): void {
    for (const record of records) {
      if (this.isHandled(groupId.replace(/\.retry$/, ''), record)) continue;
      this.violate(
        `${groupId} committed an offset behind ${record.topic}/${record.partition}/${record.offset}, which nobody has handled`,
      );
    }
  }

  private isHandled(group: string, record: StoredRecord): boolean {
    const database = databaseOf[group];
    if (database === undefined) {
      const key = `${record.topic}/${record.partition}/${record.offset}`;
      return this.databases.source!.store.table('dead_letter').rows.has(key);
    }
    if (this.isApplied(group, record.value) || this.gates.isDiscard(record)) return true;
    if (this.gates.isParked(group, originOf(record))) return true;
    const name = this.nameOf(record.value);
    if (name !== undefined && !handledNames[group]!.includes(name)) return true;
    const since = this.storedAt.get(record)!;
    const attempts = attemptsOf(record);
    const routed = this.routed.get(`${group}\n${originOf(record)}`) ?? [];
    return routed.some((later) => later.stored > since && later.attempts > attempts);
  }

  private isApplied(group: string, value: Buffer | null): boolean {
    if (value === null) return false;
    const inbox = this.databases[databaseOf[group]!]!.store.table('inbox').rows;
    const row = inbox.get(`${group}/${messageIdOf(value)}`) as { fingerprint: Buffer } | undefined;
    return row?.fingerprint.equals(this.fingerprintOf(value)) ?? false;
  }

  private fingerprintOf(value: Buffer): Buffer {
    const bytes = bytesOf(value);
    let fingerprint = this.fingerprints.get(bytes);
    if (!fingerprint) {
      fingerprint = createHash('sha256').update(value).digest().subarray(0, 16);
      this.fingerprints.set(bytes, fingerprint);
    }
    return fingerprint;
  }

  /** What has to hold once nothing is under way any more. */
  checkAtRest(): void {
    for (const id of this.acknowledgedIds) {
      if (!this.indexOf.has(id)) this.violate(`message ${id} was acknowledged and is not committed`);
    }
    for (const { id, arrived } of this.committed.values()) {
      if (!arrived) this.violate(`message ${id} was committed and never published`);
    }
    for (const [topic, group] of groupsOf) this.checkTopic(topic, group);
    this.checkOrder();
    this.gates.checkAtRest();
  }

  /** Published = applied + dead + parked, for every payload that anyone has put into the topic. */
  private checkTopic(topic: string, group: string): void {
    for (const record of (this.broker.topics.get(topic) ?? []).flat()) {
      const name = this.nameOf(record.value);
      if (name !== undefined && !handledNames[group]!.includes(name)) continue;
      if (this.isApplied(group, record.value) || this.dead.get(group)?.has(bytesOf(record.value))) continue;
      if (this.gates.isParked(group, originOf(record))) continue;
      this.violate(
        `${topic}/${record.partition}/${record.offset} (${messageIdOf(record.value)}) is neither applied nor parked nor a dead letter of ${group}`,
      );
    }
  }

  /**
   * Effects of one key are in the order in which their messages were committed. Those that failed on the way come later,
   * except where commands are ordered by key: there only what an operator has put aside may.
   */
  private checkOrder(): void {
    const last = new Map<string, number>();
    for (const { id, key } of this.effects) {
      if ((this.gates.isOrdered ? this.gates.discardedIds : this.failedIds).has(id)) continue;
      const index = this.indexOf.get(id);
      if (index === undefined) continue;
      if (index < (last.get(key) ?? -1))
        this.violate(`message ${id} was applied after a later one of its key`);
      last.set(key, index);
    }
  }

  /** What has to hold once every cause of failure is gone and every dead letter was replayed. */
  checkHealed(): void {
    const projected = this.databases.source!.store.committed('projection').map((row) => row.id as string);
    const claimed = this.databases.target!.store.committed('inbox').length;
    if (claimed !== this.effects.length)
      this.violate(`${claimed} claims, but ${this.effects.length} effects`);
    if (projected.length !== new Set(projected).size) this.violate('an event was applied twice');
    for (const { id } of this.effects) {
      if (!projected.includes(id)) this.violate(`the event that tells of the effect of ${id} is missing`);
    }
    for (const [bytes, { id }] of this.committed) {
      const name = this.nameOf(Buffer.from(bytes, 'latin1'));
      if (!handledNames[targetGroup.name]!.includes(name ?? '')) continue;
      if (this.gates.discardedIds.has(id)) continue;
      if (!this.effectIds.has(id)) this.violate(`message ${id} was replayed and has no effect`);
    }
    const outcomes = new Set(this.databases.source!.store.committed('outcome').map((row) => row.replayId));
    for (const replayId of this.replays) {
      if (!outcomes.has(replayId)) this.violate(`replay ${replayId} has no outcome`);
    }
  }
}

const groupOfDeadLetters = new Map(deadLetterTopics.map(({ topic, group }) => [topic, group]));

/** The group that a retry or dead-letter topic belongs to. */
function groupOf(topic: string): string {
  const group = groupOfDeadLetters.get(topic.replace(/\.retry\.\w+$/, '.dlq'));
  if (group === undefined) throw new Error(`${topic} is no retry or dead-letter topic`);
  return group;
}

function originOf(record: StoredRecord): string {
  return (
    record.headers['florin-origin']?.toString() ?? `${record.topic}/${record.partition}/${record.offset}`
  );
}

function attemptsOf(record: StoredRecord): number {
  return Number(record.headers['florin-attempts']?.toString() ?? 0);
}

function bytesOf(value: Buffer | null): string {
  return value?.toString('latin1') ?? '';
}
