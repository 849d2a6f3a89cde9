import type { CustomerRegistered, CustomerUpdated } from '@florin/contracts';
import type { Received, UnitOfWork } from '@florin/messaging';
import { writeRecipients } from '../db/write-recipients.js';

/** Keeps the newest name and addresses of each customer. */
export async function storeRecipients(
  unit: UnitOfWork,
  messages: readonly Received<CustomerRegistered | CustomerUpdated>[],
): Promise<void> {
  const newest = new Map<string, CustomerRegistered | CustomerUpdated>();
  for (const { value } of messages) {
    const known = newest.get(value.customerId);
    if (!known || versionOf(value) > versionOf(known)) newest.set(value.customerId, value);
  }
  const recipients = [...newest.values()].map((value) => ({ ...value, version: versionOf(value) }));
  await writeRecipients(unit.tx, recipients);
}

function versionOf({ meta }: CustomerRegistered | CustomerUpdated): number {
  return meta.aggregateVersion ?? 1;
}
