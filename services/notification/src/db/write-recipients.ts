import type { Transaction } from '@florin/database';
import type { Recipient } from '../domain/recipient.js';

export interface RecipientVersion extends Recipient {
  readonly version: number;
}

/** Stores the newest state of recipients, at most one of each. Those who were erased stay unknown. */
export async function writeRecipients(
  tx: Transaction,
  recipients: readonly RecipientVersion[],
): Promise<void> {
  await tx.query({
    name: 'write-recipients',
    text: `INSERT INTO recipients AS known (customer_id, full_name, email, phone, version)
           SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::bigint[])
             AS r (customer_id, full_name, email, phone, version)
           WHERE NOT EXISTS (SELECT 1 FROM erased_recipients e WHERE e.customer_id = r.customer_id)
           ORDER BY customer_id
           ON CONFLICT (customer_id) DO UPDATE
           SET full_name = excluded.full_name, email = excluded.email, phone = excluded.phone,
             version = excluded.version
           WHERE excluded.version > known.version`,
    values: [
      recipients.map((recipient) => recipient.customerId),
      recipients.map((recipient) => recipient.fullName),
      recipients.map((recipient) => recipient.email),
      recipients.map((recipient) => recipient.phone),
      recipients.map((recipient) => recipient.version),
    ],
  });
}
