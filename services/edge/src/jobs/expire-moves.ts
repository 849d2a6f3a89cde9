import type { Database } from '@florin/database';
import type { Clock, Logger } from '@florin/observability';
import { every, inBatches, type Job } from '@florin/runtime';
import { deleteFxQuotes } from '../db/delete-fx-quotes.js';
import { deleteOccurrences } from '../db/delete-occurrences.js';

const intervalMs = 10 * 60_000;
const batchSize = 10_000;
const dayMs = 24 * 3_600_000;
/** As long as the keys of the calls that asked for them. */
const quotesKeptMs = 2 * dayMs;
const occurrencesKeptMs = 400 * dayMs;

/** Deletes quotes that hold no longer, and the history of schedules beyond a year. Their transactions stay. */
export function expireMovesJob(options: { database: Database; clock: Clock; logger: Logger }): Job {
  const { database, clock, logger } = options;
  return every(
    intervalMs,
    async (signal) => {
      const now = clock.now();
      const quotesBefore = new Date(now - quotesKeptMs);
      const occurrencesBefore = new Date(now - occurrencesKeptMs);
      await inBatches(batchSize, (size) => deleteFxQuotes(database, quotesBefore, size), signal);
      await inBatches(batchSize, (size) => deleteOccurrences(database, occurrencesBefore, size), signal);
    },
    { name: 'expire-moves', logger },
  );
}
