import type { UnitOfWork } from '@florin/messaging';
import { insertClientEvents } from '../db/insert-client-events.js';
import type { NewClientEvent } from './client-event.js';

/** Stores what clients hear of in the transaction of the projection, and wakes the streams after its commit. */
export interface EventRecorder {
  record(unit: UnitOfWork, events: readonly NewClientEvent[]): Promise<void>;
}

export function createEventRecorder(wakeStreams: () => void): EventRecorder {
  return {
    async record(unit, events) {
      if (events.length === 0) return;
      if (await insertClientEvents(unit.tx, events)) unit.afterCommit(wakeStreams);
    },
  };
}
