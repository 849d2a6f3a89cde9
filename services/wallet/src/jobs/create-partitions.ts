import type { Database } from '@florin/database';
import { type Clock, Gauge, type Logger, type Registry } from '@florin/observability';
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
  const ahead = new Gauge({
    name: 'ledger_partitions_ahead_seconds',
    help: 'Time until the last partition of entries ends',
    registers: [metrics],
  });
  new Gauge({
    name: 'ledger_stray_entries',
    help: 'Entries in the default partition, because that of their month was missing',
    registers: [metrics],
    async collect() {
      const { strayEntries, coveredUntil } = await findPartitionState(database);
      this.set(strayEntries);
      ahead.set((coveredUntil.getTime() - clock.now()) / 1_000);
    },
  });
}
