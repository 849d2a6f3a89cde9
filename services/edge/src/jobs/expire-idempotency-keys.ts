import type { Database } from '@florin/database';
import type { Clock, Logger } from '@florin/observability';
import { every, inBatches, type Job } from '@florin/runtime';
import { deleteIdempotencyKeys } from '../db/delete-idempotency-keys.js';
import { deleteKeyedCalls } from '../db/delete-keyed-calls.js';
import { deletePspCallbacks } from '../db/delete-psp-callbacks.js';
import { deleteStatusChanges } from '../db/delete-status-changes.js';

/** Twice what the API promises, so that a client that repeats after a day is on the safe side. */
const keptMs = 48 * 60 * 60 * 1_000;
const intervalMs = 10 * 60 * 1_000;
const batchSize = 10_000;

export function expireIdempotencyKeysJob(options: { database: Database; clock: Clock; logger: Logger }): Job {
  const { database, clock, logger } = options;
  return every(
    intervalMs,
    async (signal) => {
      const before = new Date(clock.now() - keptMs);
      await deleteStatusChanges(database, before);
      for (const deleteBatch of [deleteIdempotencyKeys, deleteKeyedCalls, deletePspCallbacks]) {
        await inBatches(batchSize, (size) => deleteBatch(database, before, size), signal);
      }
    },
    { name: 'expire-idempotency-keys', logger },
  );
}
