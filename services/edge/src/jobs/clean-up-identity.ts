import { CustomerErased } from '@florin/contracts';
import { every, inBatches, type Job } from '@florin/runtime';
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
  return every(intervalMs, (signal) => cleanUpIdentity(parts, signal), {
    name: 'clean-up-identity',
    logger: parts.logger,
  });
}

/** Deletes what has expired, in batches; several instances may run at once. */
export async function cleanUpIdentity(parts: Parts, signal?: AbortSignal): Promise<void> {
  const { pool } = parts.database;
  const now = parts.clock.now();
  const batches: ((size: number) => Promise<number>)[] = [
    (size) => deleteExpiredRefreshTokens(pool, now, size),
    (size) => deleteExpiredVerifications(pool, now - verificationKeptMs, size),
    (size) => deleteExpiredPasswordResets(pool, now - verificationKeptMs, size),
    (size) => eraseRegistrations(parts, now, size),
  ];
  await deleteExpiredPhoneChanges(pool, now);
  for (const batch of batches) await inBatches(batchSize, batch, signal);
  let after: string | undefined;
  const eraseNext = async (limit: number) => {
    const ids = await eraseWhatCameLate(parts, { since: now - replayableMs, after, limit });
    after = ids.at(-1);
    return ids.length;
  };
  await inBatches(batchSize, eraseNext, signal);
}

/** Erases once more: an event of another topic, or a replayed one, may have been projected after the erasure. */
async function eraseWhatCameLate(
  { database, messaging, readCache }: Parts,
  page: Parameters<typeof findErasedCustomers>[1],
): Promise<readonly string[]> {
  const ids = await findErasedCustomers(database.pool, page);
  if (ids.length === 0) return ids;
  await messaging.transaction(async (unit) => {
    const walletIds = await eraseReadModels(unit.tx, ids);
    await readCache.invalidate(
      unit,
      walletIds.map((id) => ({ kind: 'wallet', id })),
    );
  });
  return ids;
}

async function eraseRegistrations({ messaging }: Parts, now: number, limit: number): Promise<number> {
  return messaging.transaction(async (unit) => {
    const erased = await eraseUnverifiedCustomers(unit.tx, {
      registeredBefore: now - registrationKeptMs,
      now,
      limit,
    });
    for (const { customerId, version } of erased) {
      unit.send(CustomerErased, customerId, { customerId }, { aggregateVersion: version });
    }
    return erased.length;
  });
}
