import type { Database } from '@florin/database';
import { type Clock, createLookUpGauges, type Logger, type Registry } from '@florin/observability';
import { every, type Job } from '@florin/runtime';
import { createEntryPartitions } from '../db/create-entry-partitions.js';
import { findPartitionState } from '../db/find-partition-state.js';

const intervalMs = 60 * 60 * 1_000;
/** This month and those after it: an installation whose job fails has so long to notice. */
const monthsAhead = 4;

/** Creates the partitions of the coming months, hourly and at the start. Any number of instances may run it. */
export function createPartitionsJob(options: { database: Database; clock: Clock; logger: Logger }): Job {
  const { database, clock, logger } = options;
  return every(
    intervalMs,
    async () => {
      const created = await createEntryPartitions(database, new Date(clock.now()), monthsAhead);
      if (created > 0) logger.info({ created }, 'partitions of entries created');
    },
    { name: 'create-partitions', logger },
  );
}

/** What tells in time that the job does not do its work. */
export function observePartitions(metrics: Registry, database: Database, clock: Clock): void {
  createLookUpGauges(
    metrics,
    {
      ledger_partitions_ahead_seconds: { help: 'Time until the last partition of entries ends' },
      ledger_stray_entries: {
        help: 'Entries in the default partition, because that of their month was missing',
      },
    },
    async () => {
      const { strayEntries, coveredUntil } = await findPartitionState(database);
      const ahead = (coveredUntil.getTime() - clock.now()) / 1_000;
      return [
        { name: 'ledger_stray_entries', value: strayEntries },
        { name: 'ledger_partitions_ahead_seconds', value: ahead },
      ];
    },
  );
}
