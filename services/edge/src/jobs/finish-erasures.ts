import { every, type Job } from '@florin/runtime';
import type { EdgeContext } from '../context.js';
import { findStrayWallets } from '../db/find-stray-wallets.js';
import { findUnfinishedErasures } from '../db/find-unfinished-erasures.js';
import { advanceErasure, type ErasureParts } from '../erasure/advance-erasure.js';
import { closeStrayWallets } from '../erasure/close-stray-wallets.js';

const intervalMs = 5_000;
const batchSize = 100;
/** Commands and events are kept for seven days: what could open a wallet for someone who left is gone after that. */
const strayMs = 7 * 24 * 3_600_000;

/**
 * Goes on with erasures whose request has ended without them, and closes wallets that were opened for a customer who
 * has left meanwhile. Several instances may run it: an erasure is advanced under its lock.
 */
export function finishErasuresJob(parts: ErasureParts & Pick<EdgeContext, 'database'>): Job {
  const { database, clock, logger } = parts;
  return every(
    intervalMs,
    async () => {
      for (const customerId of await findUnfinishedErasures(database.pool, batchSize)) {
        await advanceErasure(parts, customerId).catch((error) =>
          logger.warn({ err: error, customerId }, 'an erasure did not advance'),
        );
      }
      const stray = await findStrayWallets(database.pool, clock.now() - strayMs, batchSize);
      if (stray.length > 0) await closeStrayWallets(parts, stray);
    },
    { name: 'finish-erasures', logger },
  );
}
