import { every, inBatches, type Job } from '@florin/runtime';
import type { TransactionContext } from '../context.js';
import { deleteOccurrences } from '../db/delete-occurrences.js';
import { deleteUnusedQuotes } from '../db/delete-unused-quotes.js';

const intervalMs = 10 * 60_000;
const batchSize = 10_000;
const dayMs = 24 * 3_600_000;
/** A transfer that waits on a retry topic should still be told that its quote has expired, and not that there was none. */
const quotesKeptMs = dayMs;
/** The history that customers read is the edge's; here occurrences only make sure that none is run twice. */
const occurrencesKeptMs = 90 * dayMs;

/** Deletes quotes that nobody used and occurrences of long ago. Quotes that were used explain their transfers for ever. */
export function expireMovesJob({
  clock,
  database,
  logger,
}: Pick<TransactionContext, 'clock' | 'database' | 'logger'>): Job {
  const work = async (signal: AbortSignal): Promise<void> => {
    const now = clock.now();
    const [unused, old] = [new Date(now - quotesKeptMs), new Date(now - occurrencesKeptMs)];
    await inBatches(batchSize, (size) => deleteUnusedQuotes(database, unused, size), signal);
    await inBatches(batchSize, (size) => deleteOccurrences(database, old, size), signal);
  };
  return every(intervalMs, work, { name: 'expire-moves', logger });
}
