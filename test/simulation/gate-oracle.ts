import type { StoreTransaction } from './fake-store.js';
import { messageIdOf } from './messages.js';
import type { Oracle } from './oracle.js';
import type { StoredRecord } from './records.js';

/** What is known about gates and what waits behind them, and what has to hold for them. */
export class GateOracle {
  /** True in worlds in which the commands of a key are ordered. */
  isOrdered = false;
  readonly discardedIds = new Set<string>();
  private readonly discardedPlaces = new Set<string>();
  private readonly deadPlaces = new Set<string>();

  constructor(private readonly oracle: Oracle) {}

  /** An operator has put a dead letter aside: its message may be missing, or come late. */
  discarded(id: string, place: string): void {
    this.discardedIds.add(id);
    this.discardedPlaces.add(place);
    this.oracle.trace(() => ['discard', place, id]);
  }

  died(place: string): void {
    this.deadPlaces.add(place);
  }

  /** The history of a key that waits, for whoever reads a trace. */
  traceChanges(database: string, tx: StoreTransaction): void {
    if (!this.oracle.isTracing) return;
    for (const row of tx.written('parked')) {
      this.oracle.trace(() => [
        'parked',
        database,
        placeOf(row),
        String(row.key),
        messageIdOf(row.value as Buffer),
      ]);
    }
    for (const row of tx.written('gate')) {
      this.oracle.trace(() => ['gate', database, String(row.state), String(row.key), placeOf(row)]);
    }
  }

  /** True when the record, or the one it is a copy of, waits behind a gate. */
  isParked(group: string, origin: string): boolean {
    return this.rows('parked').some((row) => row.group === group && placeOf(row) === origin);
  }

  isDiscard(record: StoredRecord): boolean {
    return record.headers['florin-replay']?.toString().endsWith('/discard') ?? false;
  }

  /** Gates that somebody still has to look at; empty when all others wait for an operator. */
  unrest(): string {
    const busy = this.rows('gate').find((row) => row.dueAtMs !== Number.POSITIVE_INFINITY);
    return busy ? `the gate of ${busy.key} is ${busy.state} and due` : '';
  }

  get closed(): number {
    return this.rows('gate').length;
  }

  checkAtRest(): void {
    const lanes = new Set<string>();
    for (const gate of this.rows('gate')) {
      lanes.add(laneOf(gate));
      const place = placeOf(gate);
      // A message that was applied all the same may have left a dead letter, and the gate waits for its replay.
      if (!this.deadPlaces.has(place))
        this.oracle.violate(`the gate of ${gate.key} waits for ${place}, which is no dead letter`);
    }
    for (const row of this.rows('parked')) {
      if (!lanes.has(laneOf(row)))
        this.oracle.violate(`${placeOf(row)} is parked, and its key ${row.key} is open`);
    }
  }

  private rows(table: 'gate' | 'parked') {
    return this.oracle.databases.target!.store.committed(table);
  }
}

type Named = Readonly<Record<string, unknown>>;

const laneOf = ({ topic, key }: Named): string => `${topic}/${key}`;
const placeOf = ({ topic, partition, offset }: Named): string => `${topic}/${partition}/${offset}`;
