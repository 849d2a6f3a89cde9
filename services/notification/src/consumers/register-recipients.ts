import type { CustomerRegistered } from '@florin/contracts';
import type { Received, UnitOfWork } from '@florin/messaging';
import { insertRecipients } from '../db/insert-recipients.js';

export async function registerRecipients(
  unit: UnitOfWork,
  messages: readonly Received<CustomerRegistered>[],
): Promise<void> {
  await insertRecipients(
    unit.tx,
    messages.map((message) => message.value),
  );
}
