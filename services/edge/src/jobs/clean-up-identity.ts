import { CustomerErased } from '@florin/contracts';
import { every, type Job } from '@florin/runtime';
import type { EdgeContext } from '../context.js';
import { deleteExpiredPasswordResets } from '../db/delete-expired-password-resets.js';
import { deleteExpiredPhoneChanges } from '../db/delete-expired-phone-changes.js';
import { deleteExpiredRefreshTokens } from '../db/delete-expired-refresh-tokens.js';
import { deleteExpiredVerifications } from '../db/delete-expired-verifications.js';
import { eraseReadModels } from '../db/erase-read-models.js';
import { eraseUnverifiedCustomers } from '../db/erase-unverified-customers.js';
import { findErasedCustomers } from '../db/find-erased-customers.js';

type Parts = Pick<EdgeContext, 'database' | 'messaging' | 'clock' | 'logger'> & {
  readonly readCache: Pick<EdgeContext['readCache'], 'invalidate'>;
};

const intervalMs = 10 * 60_000;
const dayMs = 24 * 3_600_000;
/** So long a link of a mail is answered with "expired" and not with "unknown". */
const verificationKeptMs = 7 * dayMs;
/** Whoever has not verified the email by then must not keep it, and the phone, from their owner any longer. */
const registrationKeptMs = 30 * dayMs;
/** Dead letters are kept for 30 days; what was replayed last is found by the runs of the day after. */
const replayableMs = 31 * dayMs;
/** Short transactions: nobody who signs in meanwhile waits for one. */
const batchSize = 1_000;

/** Login challenges are not here: they are in Redis and expire by themselves. */
export function cleanUpIdentityJob(parts: Parts): Job {
  return every(intervalMs, () => cleanUpIdentity(parts), {
    name: 'clean-up-identity',
    logger: parts.logger,
  });
}

/** Deletes what has expired, in batches; several instances may run at once. */
export async function cleanUpIdentity(parts: Parts): Promise<void> {
  const { pool } = parts.database;
  const now = parts.clock.now();
  await untilDone(() => deleteExpiredRefreshTokens(pool, now, batchSize));
  await untilDone(() => deleteExpiredVerifications(pool, now - verificationKeptMs, batchSize));
  await untilDone(() => deleteExpiredPasswordResets(pool, now - verificationKeptMs, batchSize));
  await deleteExpiredPhoneChanges(pool, now);
  await untilDone(() => eraseRegistrations(parts, now));
  await eraseWhatCameLate(parts, now);
}

async function untilDone(deleteBatch: () => Promise<number>): Promise<void> {
  while ((await deleteBatch()) === batchSize);
}

/** Erases once more: an event of another topic, or a replayed one, may have been projected after the erasure. */
async function eraseWhatCameLate({ database, messaging, readCache }: Parts, now: number): Promise<void> {
  let after: string | undefined;
  for (;;) {
    const page = { since: now - replayableMs, after, limit: batchSize };
    const ids = await findErasedCustomers(database.pool, page);
    if (ids.length > 0) {
      await messaging.transaction(async (unit) => {
        const walletIds = await eraseReadModels(unit.tx, ids);
        await readCache.invalidate(
          unit,
          walletIds.map((id) => ({ kind: 'wallet', id })),
        );
      });
    }
    if (ids.length < batchSize) return;
    after = ids.at(-1);
  }
}

async function eraseRegistrations({ messaging }: Parts, now: number): Promise<number> {
  return messaging.transaction(async (unit) => {
    const erased = await eraseUnverifiedCustomers(unit.tx, {
      registeredBefore: now - registrationKeptMs,
      now,
      limit: batchSize,
    });
    for (const { customerId, version } of erased) {
      unit.send(CustomerErased, customerId, { customerId }, { aggregateVersion: version });
    }
    return erased.length;
  });
}
