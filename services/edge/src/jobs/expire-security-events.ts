import type { Database } from '@florin/database';
import type { Clock, Logger } from '@florin/observability';
import { every, inBatches, type Job } from '@florin/runtime';
import { deleteSecurityEvents } from '../db/delete-security-events.js';

const intervalMs = 60 * 60 * 1_000;
const batchSize = 10_000;
const dayMs = 24 * 60 * 60 * 1_000;

/** Several edges may do so at once: each skips the rows that another is deleting. */
export function expireSecurityEventsJob(options: {
  database: Database;
  clock: Clock;
  logger: Logger;
  keptDays: number;
}): Job {
  const { database, clock, logger, keptDays } = options;
  return every(
    intervalMs,
    async (signal) => {
      const before = new Date(clock.now() - keptDays * dayMs);
      await inBatches(batchSize, (size) => deleteSecurityEvents(database, before, size), signal);
    },
    { name: 'expire-security-events', logger },
  );
}
