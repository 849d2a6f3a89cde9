import type { Pool, Transaction } from '@florin/database';
import type { Logger } from '@florin/observability';
import type { Delivery, FailedDelivery, FetchedRecord, Outcome } from './delivery.js';
import { GateOpener, type Resolved } from './gate-opener.js';
import {
  blockGates,
  closeGates,
  type Gate,
  lockGates,
  readGates,
  releaseForgottenGates,
} from './gate-table.js';
import { appliedIds } from './inbox.js';
import { firstOfEachLane, judgeFailures, messageIdOf, type Standing } from './judge-failures.js';
import type { UnitFactory } from './message-unit.js';
import { isSamePlace, type OrderPosition, positionOf } from './order-position.js';
import { deleteParked, forgetRouted, insertParked, type ToPark } from './parked-table.js';
import { parkBehind } from './parking.js';

/** A releaser that has not renewed its claim for so long has died; so has whoever was about to route a blocker. */
export const leaseMs = 10_000;
/** Beyond so many a key keeps its messages in Kafka instead of the database, and its partition waits with them. */
const defaultMaxParkedPerKey = 10_000;
const heldShortly: Outcome = { kind: 'held', pauseMs: 100 };
const heldUntilThereIsRoom: Outcome = { kind: 'held', pauseMs: 5_000 };

/** What became of a batch at the gates, inside its transaction. */
export interface Admission {
  readonly admitted: readonly Delivery[];
  /** For each of the admitted the locked gate that it passes; undefined where there is none. */
  readonly gates: readonly (Gate | undefined)[];
  /** One for each delivery of the batch; undefined for the admitted. */
  readonly outcomes: readonly (Outcome | undefined)[];
}

/**
 * The gates of one group: they keep later messages of a key behind one that has failed, in the subscriptions that are
 * ordered by key. Decision record 0025 has the rules and the races.
 */
export class OrderGates {
  /** Keys that wait in the batch in hand without a gate: for a provider, or for the database. */
  private readonly held = new Set<string>();
  private hasForgotten = false;
  /** Opens what this class closes. */
  readonly opener: GateOpener;

  constructor(
    private readonly group: string,
    /** Physical names. */
    readonly topics: ReadonlySet<string>,
    private readonly pool: Pool,
    private readonly units: UnitFactory,
    /** The releaser of this process. */
    private readonly owner: string,
    private readonly logger: Logger,
    private readonly maxParkedPerKey = defaultMaxParkedPerKey,
  ) {
    this.opener = new GateOpener(group, units);
  }

  /** False for a group that has no gates and will have none: all of this costs it nothing. */
  get isActive(): boolean {
    return this.topics.size > 0 || this.hasForgotten;
  }

  /** Lets go what was parked while other topics were ordered than today. */
  async begin(): Promise<void> {
    this.hasForgotten = (await releaseForgottenGates(this.pool, this.group, [...this.topics])) > 0;
  }

  /** Undefined when the record belongs to no order. */
  positionOf(record: FetchedRecord): OrderPosition | undefined {
    if (!this.isActive) return undefined;
    if (!record.wasParked && !this.topics.has(record.failure?.originTopic || record.topic)) return undefined;
    return positionOf(record);
  }

  beginBatch(): void {
    this.held.clear();
  }

  /** The rest of the batch must not overtake a message that waits without having failed. */
  hold({ lane }: OrderPosition): void {
    this.held.add(lane);
  }

  isHeld({ lane }: OrderPosition): boolean {
    return this.held.has(lane);
  }

  /** Those of the records that would not pass now: no call to a provider may be made for them. */
  async findClosed(records: readonly FetchedRecord[]): Promise<ReadonlySet<FetchedRecord>> {
    const ordered = records.flatMap((record) => {
      const position = this.positionOf(record);
      return position ? [{ record, position }] : [];
    });
    if (ordered.length === 0) return new Set();
    const places = ordered.map(({ position }) => position);
    const gates = await readGates(this.pool, this.group, places);
    const closed = ordered.filter(
      (one) => !this.isOpen(one.record, one.position, gates.get(one.position.lane)),
    );
    return new Set(closed.map(({ record }) => record));
  }

  /** Locks the gates of a batch and parks what they do not let pass. */
  async admit(tx: Transaction, deliveries: readonly Delivery[]): Promise<Admission> {
    const outcomes = new Array<Outcome | undefined>(deliveries.length).fill(undefined);
    const positions = deliveries.map(({ record }) => this.positionOf(record));
    const ordered = positions.filter((position) => position !== undefined);
    if (ordered.length === 0) return { admitted: deliveries, gates: [], outcomes };
    const gates = await lockGates(tx, this.group, ordered);
    const behind: ToPark[] = [];
    for (const [index, position] of positions.entries()) {
      if (!position) continue;
      const { record, isUnperformed } = deliveries[index]!;
      if (this.isHeld(position)) outcomes[index] = heldShortly;
      else if (!this.isOpen(record, position, gates.get(position.lane)))
        behind.push({ record, position, index });
      else if (isUnperformed) {
        // The gate was opened after the calls to providers had been made: this one has to come again, and those of its
        // key behind it with it.
        this.hold(position);
        outcomes[index] = heldShortly;
      }
    }
    await this.park(tx, behind, outcomes);
    const admitted = deliveries.filter((_, index) => !outcomes[index]);
    const passed = positions.filter((_, index) => !outcomes[index]);
    return { admitted, gates: passed.map((position) => position && gates.get(position.lane)), outcomes };
  }

  /**
   * Opens the gates whose blockers were applied, and removes those behind which nothing waits any more.
   * @returns what to do after the commit
   */
  settle(tx: Transaction, { admitted, gates }: Admission, applied: readonly Outcome[]): Promise<() => void> {
    const resolved = gates.flatMap((gate, i): Resolved[] => {
      const { record } = admitted[i]!;
      const position = gate && this.positionOf(record);
      if (!position || !(record.wasParked || isSamePlace(position, gate))) return [];
      // An id that was applied with another payload blocks nobody, but the message still has to be routed.
      return [{ position, gate, isFinished: applied[i]!.kind !== 'failed' }];
    });
    return this.opener.open(tx, resolved);
  }

  /**
   * Closes the gates of messages that have failed, before they are sent anywhere. Until their copies in another topic
   * are durable they have rows in `parked`, so that no gate is ever closed without a copy of what it waits for.
   * @returns failed for those that are to be routed; the others wait, or have to be fetched again
   */
  block(failures: readonly FailedDelivery[]): Promise<Outcome[]> {
    return this.units.run(async ({ tx }) => {
      const applied = await appliedIds(tx, this.group, failures.map(messageIdOf));
      const standing = failures.map((failed, index): Standing => {
        const position = this.positionOf(failed.record)!;
        const isUndecided = this.isHeld(position) || applied.has(messageIdOf(failed));
        return { ...failed, position, index, isUndecided };
      });
      const fresh = standing.filter(({ record, isUndecided }) => !record.wasParked && !isUndecided);
      await closeGates(tx, this.group, firstOfEachLane(fresh), leaseMs);
      const places = standing.map(({ position }) => position);
      const gates = await lockGates(tx, this.group, places);
      const { routed, blockers, behind, outcomes } = judgeFailures(standing, gates, {
        isOpen: (record, position, gate) => this.isOpen(record, position, gate),
        orderedTopics: this.topics,
        heldShortly,
      });
      await blockGates(tx, this.group, blockers, leaseMs);
      await insertParked(tx, this.group, routed);
      await this.park(tx, behind, outcomes);
      return outcomes as Outcome[];
    });
  }

  /** Called once the copies of failed messages in a retry or dead-letter topic are durable. */
  async routed(records: readonly FetchedRecord[]): Promise<void> {
    const places = records
      .map((record) => this.positionOf(record))
      .filter((position) => position !== undefined);
    if (places.length > 0) await forgetRouted(this.pool, this.group, places);
  }

  /** Stops waiting for messages that will never be applied: an operator says so, or nobody handles them any more. */
  async dismiss(record: FetchedRecord): Promise<void> {
    const position = this.positionOf(record);
    if (!position) return;
    await this.units.run(async (unit) => {
      const gate = (await lockGates(unit.tx, this.group, [position])).get(position.lane);
      if (!gate || !(record.wasParked || isSamePlace(position, gate))) return;
      await deleteParked(unit.tx, this.group, [{ ...position, copy: undefined }]);
      unit.afterCommit(await this.opener.open(unit.tx, [{ position, gate, isFinished: true }]));
    });
  }

  /**
   * Before a blocker its own copies pass and those of earlier messages, which were dealt with before it. What was
   * parked passes for the releaser that holds the claim, one message after the other.
   */
  private isOpen(record: FetchedRecord, position: OrderPosition, gate: Gate | undefined): boolean {
    if (record.wasParked) {
      const isMine = gate?.claimedBy === this.owner;
      return isMine && (gate.state === 'releasing' || isSamePlace(position, gate));
    }
    return !gate || (gate.partition === position.partition && position.offset <= gate.offset);
  }

  private async park(
    tx: Transaction,
    behind: readonly ToPark[],
    outcomes: (Outcome | undefined)[],
  ): Promise<void> {
    // What comes from the table is still there, or another releaser has dealt with it.
    for (const { record, index } of behind) if (record.wasParked) outcomes[index] = { kind: 'parked' };
    const arriving = behind.filter(({ record }) => !record.wasParked);
    const full = await parkBehind(tx, this.group, arriving, this.maxParkedPerKey);
    for (const one of arriving)
      outcomes[one.index] = full.has(one) ? heldUntilThereIsRoom : { kind: 'parked' };
    if (full.size > 0) {
      for (const { position } of full) this.hold(position);
      const { topic } = full.values().next().value!.position;
      this.logger.error(
        { group: this.group, topic },
        'too many messages wait behind one key, the partition waits',
      );
    }
  }
}
