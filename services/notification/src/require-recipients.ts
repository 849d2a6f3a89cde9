import { RetryableError, type UnitOfWork } from '@florin/messaging';
import { findRecipients } from './db/find-recipients.js';
import type { Recipient } from './domain/recipient.js';

/**
 * The recipients of a batch of events.
 * @throws RetryableError when one is not known yet: events of different keys have no order among each other, so the
 *   registration may still be on its way
 */
export async function requireRecipients(
  unit: UnitOfWork,
  customerIds: readonly string[],
): Promise<ReadonlyMap<string, Recipient>> {
  const recipients = await findRecipients(unit.tx, customerIds);
  const missing = customerIds.find((id) => !recipients.has(id));
  if (missing !== undefined) {
    throw new RetryableError('recipient-unknown', `customer ${missing} is not known yet`);
  }
  return recipients;
}
