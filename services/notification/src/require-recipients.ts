import { RetryableError, type UnitOfWork } from '@florin/messaging';
import { findErasedRecipients } from './db/find-erased-recipients.js';
import { findRecipients } from './db/find-recipients.js';
import type { Recipient } from './domain/recipient.js';

/**
 * The recipients of a batch of events; those who have left are missing in it.
 * @throws RetryableError when one is not known yet: events of different keys have no order among each other, so the
 *   registration may still be on its way
 */
export async function requireRecipients(
  unit: UnitOfWork,
  customerIds: readonly string[],
): Promise<ReadonlyMap<string, Recipient>> {
  const recipients = await findRecipients(unit.tx, customerIds);
  const missing = customerIds.filter((id) => !recipients.has(id));
  if (missing.length === 0) return recipients;
  const erased = await findErasedRecipients(unit.tx, missing);
  const unknown = missing.find((id) => !erased.has(id));
  if (unknown !== undefined) {
    throw new RetryableError('recipient-unknown', `customer ${unknown} is not known yet`);
  }
  return recipients;
}
