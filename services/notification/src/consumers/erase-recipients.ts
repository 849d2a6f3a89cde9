import type { CustomerErased } from '@florin/contracts';
import type { Received, UnitOfWork } from '@florin/messaging';
import type { NotificationContext } from '../context.js';
import { eraseRecipients as eraseRows } from '../db/erase-recipients.js';

/** Forgets customers who have left: addresses, what was written to them, and what still waits to be sent. */
export async function eraseRecipients(
  context: NotificationContext,
  unit: UnitOfWork,
  messages: readonly Received<CustomerErased>[],
): Promise<void> {
  const customerIds = [...new Set(messages.map(({ value }) => value.customerId))];
  await eraseRows(unit.tx, customerIds, new Date(context.clock.now()));
}
