import type { Transaction } from '@florin/database';
import type { Recipient } from '../domain/recipient.js';

/** The recipients that are known, by customer id. */
export async function findRecipients(
  tx: Transaction,
  customerIds: readonly string[],
): Promise<Map<string, Recipient>> {
  const { rows } = await tx.query<Recipient>({
    name: 'find-recipients',
    text: `SELECT customer_id AS "customerId", full_name AS "fullName", email, phone
           FROM recipients WHERE customer_id = ANY($1::uuid[])`,
    values: [customerIds],
  });
  return new Map(rows.map((row) => [row.customerId, row]));
}
