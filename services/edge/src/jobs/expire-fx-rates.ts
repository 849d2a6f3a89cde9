import type { Database } from '@florin/database';
import type { Clock, Logger } from '@florin/observability';
import { every, type Job } from '@florin/runtime';
import { expireFxRates } from '../db/expire-fx-rates.js';

const intervalMs = 10_000;

/** Nothing happens when a rate becomes too old for the transaction service to quote, so its end is looked for. */
export function expireFxRatesJob(options: { database: Database; clock: Clock; logger: Logger }): Job {
  const { database, clock, logger } = options;
  return every(intervalMs, () => expireFxRates(database, new Date(clock.now())), {
    name: 'expire-fx-rates',
    logger,
  });
}
