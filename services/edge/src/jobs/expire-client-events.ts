import type { Database } from '@florin/database';
import type { Clock, Logger } from '@florin/observability';
import { every, inBatches, type Job } from '@florin/runtime';
import { deleteClientEvents, deleteListeners } from '../db/delete-client-events.js';

const intervalMs = 10 * 60_000;
const batchSize = 10_000;

/** Deletes events that are too old to resume from, and forgets who has not listened for as long. */
export function expireClientEventsJob(options: {
  readonly database: Database;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly keptMs: number;
}): Job {
  const { database, clock, logger, keptMs } = options;
  return every(
    intervalMs,
    async (signal) => {
      const before = new Date(clock.now() - keptMs);
      await deleteListeners(database, before);
      await inBatches(batchSize, (size) => deleteClientEvents(database, before, size), signal);
    },
    { name: 'expire-client-events', logger },
  );
}
