import type { TransactionContext } from '../context.js';
import { findDatesWithoutFile } from '../db/settlement-files.js';
import { dueDates } from '../domain/due-dates.js';

/** What is missing, or was refused, longer ago than that, somebody has seen to. */
export const retriedDays = 31;

/**
 * The days without a settlement file, as 2026-11-21: of the last days (`SETTLEMENT_FILES_DAYS`), and of all since the first file that was
 * fetched. A day that the provider publishes late, or that ended while this service was away, has days after it that are there.
 */
export async function findMissingDays({
  clock,
  config,
  database,
}: Pick<TransactionContext, 'clock' | 'config' | 'database'>): Promise<readonly string[]> {
  const now = clock.now();
  const [since] = dueDates(now, config.SETTLEMENT_FILES_DELAY_MS, config.SETTLEMENT_FILES_DAYS);
  // Nothing is fetched here at all.
  if (since === undefined) return [];
  const dates = dueDates(now, config.SETTLEMENT_FILES_DELAY_MS, retriedDays);
  return findDatesWithoutFile(database.pool, dates, since);
}
