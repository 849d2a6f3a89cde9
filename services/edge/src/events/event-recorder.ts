import type { UnitOfWork } from '@florin/messaging';
import { findListeners, insertClientEvents, type Listeners } from '../db/insert-client-events.js';
import type { NewClientEvent } from './client-event.js';

/** Stores what clients hear of in the transaction of the projection, and wakes the streams after its commit. */
export interface EventRecorder {
  /** @param listeners of this transaction; they are looked up when absent */
  record(unit: UnitOfWork, events: readonly NewClientEvent[], listeners?: Listeners): Promise<void>;
  /** Looks up who of the owners listens, in one round trip with what else is asked for now. */
  listeners(unit: Pick<UnitOfWork, 'tx'>, ownerIds: readonly string[]): Promise<Listeners>;
}

export function createEventRecorder(wakeStreams: () => void): EventRecorder {
  return {
    async record(unit, events, listeners) {
      if (events.length === 0) return;
      if (await insertClientEvents(unit.tx, events, listeners)) unit.afterCommit(wakeStreams);
    },
    listeners: ({ tx }, ownerIds) => findListeners(tx, ownerIds),
  };
}
