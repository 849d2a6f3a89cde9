import { uuidv7 } from '@florin/database';
import { ProviderError } from '@florin/resilience';
import { every, type Job } from '@florin/runtime';
import type { TransactionContext } from '../context.js';
import {
  findImportedFiles,
  findRefusedDates,
  lockSettlementFiles,
  wasRefused,
} from '../db/settlement-files.js';
import { dueDates } from '../domain/due-dates.js';
import { findMissingDays, retriedDays } from '../reconciliation/find-missing-days.js';
import { importSettlementFile, refusalOf } from '../reconciliation/import-settlement-file.js';

/**
 * Fetches the settlement file of every day that is over, and imports it. It looks for days that are missing instead of
 * waiting for an hour of the day: what was missed while the service or the provider was away is made up for. Of
 * several instances one imports a file, because its name is unique.
 */
export function importSettlementFilesJob(context: TransactionContext): Job {
  const { config, logger } = context;
  let refused: readonly string[] | undefined;
  const work = async (signal: AbortSignal): Promise<void> => {
    // What refused a file may have been a mistake of ours, which ends with a new version of this service, which starts.
    refused ??= await refusedDates(context);
    const later = await importDueFiles(context, refused, signal);
    refused = refused.filter((date) => later.has(date));
  };
  return every(config.SETTLEMENT_FILES_INTERVAL_MS, work, { name: 'import-settlement-files', logger });
}

function refusedDates({ clock, database }: TransactionContext): Promise<readonly string[]> {
  const [since] = dueDates(clock.now(), 0, retriedDays);
  return findRefusedDates(database.pool, since!);
}

/** @returns the days of which nothing is known yet, because there was no answer */
async function importDueFiles(
  context: TransactionContext,
  others: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlySet<string>> {
  const { clock, config, database } = context;
  const due = dueDates(clock.now(), config.SETTLEMENT_FILES_DELAY_MS, config.SETTLEMENT_FILES_DAYS);
  const dates = [...new Set([...due, ...others, ...(await findMissingDays(context))])];
  const imported = await findImportedFiles(database.pool, dates.map(nameOf));
  const later = new Set(dates.filter((date) => !imported.has(nameOf(date))));
  for (const settlementDate of [...later]) {
    if (signal.aborted) break;
    try {
      await importDay(context, settlementDate);
      later.delete(settlementDate);
    } catch (error) {
      const isProviders = error instanceof ProviderError;
      if (isProviders && !error.retryable) later.delete(settlementDate);
      // Named fields only: the answer of the provider, which the error carries, may hold payments.
      const facts = isProviders ? { reason: error.code, detail: error.message } : { err: error };
      context.logger.warn({ settlementDate, ...facts }, 'the settlement file of a day was not imported');
    }
  }
  return later;
}

/** A day without a file, or whose file cannot be read, must not keep the days after it from being looked at. */
async function importDay(context: TransactionContext, settlementDate: string): Promise<void> {
  const content = await context.psp.settlementFile(settlementDate);
  await context.messaging.transaction(async (unit) => {
    const file = {
      id: uuidv7(),
      externalId: nameOf(settlementDate),
      settlementDate,
      content,
      importedBy: null,
    };
    // Looked up again under the lock: another instance may have been faster, which is no refusal to report.
    if ((await lockSettlementFiles(unit.tx, file)) !== 'new') return;
    // What is refused again was told before: there is nothing to tell until the file, or the reader of it, is another.
    if ((await wasRefused(unit.tx, file)) && refusalOf(content) !== undefined) return;
    await importSettlementFile(context, unit, file);
  });
}

function nameOf(settlementDate: string): string {
  return `psp-${settlementDate}`;
}
