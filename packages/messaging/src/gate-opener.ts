import type { Transaction } from '@florin/database';
import { type Gate, type GateKey, lockGates, releaseGates, removeEmptyGates } from './gate-table.js';
import type { UnitFactory } from './message-unit.js';
import { isSamePlace, type OrderPosition } from './order-position.js';
import { deleteParked } from './parked-table.js';

/** A message that waited or was waited for, and of which the end is known. */
export interface Resolved {
  readonly position: OrderPosition;
  /** As the transaction has locked it. */
  readonly gate: Gate;
  /** False for one whose row is still needed, because it has to be routed. */
  readonly isFinished: boolean;
}

/** Opens the gates of one group, and removes them when nothing waits behind them any more. */
export class GateOpener {
  private notify: () => void = () => undefined;

  constructor(
    private readonly group: string,
    private readonly units: UnitFactory,
  ) {}

  /** Calls back after a commit that left something to release. */
  onRelease(notify: () => void): void {
    this.notify = notify;
  }

  /** Returns what to do after the commit. */
  async open(tx: Transaction, resolved: readonly Resolved[]): Promise<() => void> {
    if (resolved.length === 0) return () => undefined;
    const finished = resolved.filter(({ isFinished }) => isFinished).map(({ position }) => position);
    await deleteParked(tx, this.group, finished);
    const awaited = resolved.filter(
      ({ position, gate }) => gate.state === 'blocked' && isSamePlace(position, gate),
    );
    if (awaited.length > 0) {
      const opened = awaited.map(({ gate }) => gate);
      await releaseGates(tx, this.group, opened);
    }
    const touched = resolved.map(({ gate }) => gate);
    const someStay = await removeEmptyGates(tx, this.group, touched);
    return () => someStay && this.notify();
  }

  /** Removes a gate that is being released and behind which nothing is left. */
  async removeIfEmpty(key: GateKey): Promise<void> {
    await this.units.run(async ({ tx }) => {
      const gates = await lockGates(tx, this.group, [key]);
      if (gates.size > 0) await removeEmptyGates(tx, this.group, [key]);
    });
  }
}
