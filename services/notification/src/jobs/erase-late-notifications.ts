import type { Database } from '@florin/database';
import type { Clock, Logger } from '@florin/observability';
import { every, inBatches, type Job } from '@florin/runtime';
import { eraseNotifications } from '../db/erase-notifications.js';
import { findLateNotifications } from '../db/find-late-notifications.js';

interface Parts {
  readonly database: Pick<Database, 'pool'>;
  readonly clock: Clock;
  readonly logger: Logger;
}

const intervalMs = 10 * 60_000;
/** An event is queued seconds after it has looked for who has left; a day is far beyond that. */
const lateMs = 24 * 3_600_000;
const batchSize = 1_000;

/**
 * Erases notifications that were being queued while their recipient was erased: the one transaction did not see that the
 * customer has left, the other did not see the notification. Making them wait for each other would cost every transfer two
 * locks; such a notification is not sent to anybody who has left, and what it holds goes here.
 */
export function eraseLateNotificationsJob(parts: Parts): Job {
  return every(intervalMs, (signal) => eraseLateNotifications(parts, signal), {
    name: 'erase-late-notifications',
    logger: parts.logger,
  });
}

export async function eraseLateNotifications(
  { database, clock }: Omit<Parts, 'logger'>,
  signal?: AbortSignal,
): Promise<void> {
  const erase = async (limit: number): Promise<number> => {
    const since = new Date(clock.now() - lateMs);
    const customerIds = await findLateNotifications(database.pool, { since, limit });
    if (customerIds.length > 0) await eraseNotifications(database.pool, customerIds);
    return customerIds.length;
  };
  await inBatches(batchSize, erase, signal);
}
