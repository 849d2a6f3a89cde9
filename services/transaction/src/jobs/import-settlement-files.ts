import { uuidv7 } from '@florin/database';
import { ProviderError } from '@florin/resilience';
import { every, type Job } from '@florin/runtime';
import type { TransactionContext } from '../context.js';
import { findImportedFiles, lockSettlementFiles, wasRefused } from '../db/settlement-files.js';
import { importSettlementFile } from '../reconciliation/import-settlement-file.js';

const dayMs = 24 * 60 * 60 * 1_000;

/**
 * Fetches the settlement file of every day that is over, and imports it. It looks for days that are missing instead of
 * waiting for an hour of the day: what was missed while the service or the provider was away is made up for. Of
 * several instances one imports a file, because its name is unique.
 */
export function importSettlementFilesJob(context: TransactionContext): Job {
  const { config, logger } = context;
  return every(config.SETTLEMENT_FILES_INTERVAL_MS, (signal) => importDueFiles(context, signal), {
    name: 'import-settlement-files',
    logger,
  });
}

async function importDueFiles(context: TransactionContext, signal: AbortSignal): Promise<void> {
  const { clock, config, database } = context;
  const dates = dueDates(clock.now(), config.SETTLEMENT_FILES_DELAY_MS, config.SETTLEMENT_FILES_DAYS);
  const imported = await findImportedFiles(database.pool, dates.map(nameOf));
  for (const settlementDate of dates) {
    if (signal.aborted) return;
    if (imported.has(nameOf(settlementDate))) continue;
    try {
      await importDay(context, settlementDate);
    } catch (error) {
      // Named fields only: the answer of the provider, which the error carries, may hold payments.
      const facts =
        error instanceof ProviderError ? { reason: error.code, detail: error.message } : { err: error };
      context.logger.warn({ settlementDate, ...facts }, 'the settlement file of a day was not imported');
    }
  }
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
    // What was refused is refused again: there is nothing to tell until the provider has another file.
    if (await wasRefused(unit.tx, file)) return;
    await importSettlementFile(context, unit, file);
  });
}

/** The last days that ended at least `delayMs` ago, oldest first. */
export function dueDates(now: number, delayMs: number, days: number): string[] {
  const today = Math.floor((now - delayMs) / dayMs);
  return Array.from({ length: days }, (_, i) =>
    new Date((today - days + i) * dayMs).toISOString().slice(0, 10),
  );
}

function nameOf(settlementDate: string): string {
  return `psp-${settlementDate}`;
}
