import type { Transaction } from '@florin/database';
import type { Recipient } from '../domain/recipient.js';

/** Keeps the first registration of a customer: it happens once. */
export async function insertRecipients(tx: Transaction, recipients: readonly Recipient[]): Promise<void> {
  await tx.query({
    name: 'insert-recipients',
    text: `INSERT INTO recipients (customer_id, full_name, email, phone)
           SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[])
           ON CONFLICT (customer_id) DO NOTHING`,
    values: [
      recipients.map((recipient) => recipient.customerId),
      recipients.map((recipient) => recipient.fullName),
      recipients.map((recipient) => recipient.email),
      recipients.map((recipient) => recipient.phone),
    ],
  });
}
