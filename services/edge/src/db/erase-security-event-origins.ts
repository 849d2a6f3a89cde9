import type { Transaction } from '@florin/database';

/** Forgets from where a customer came. What happened stays on record, under the id alone. */
export async function eraseSecurityEventOrigins(tx: Transaction, customerId: string): Promise<void> {
  await tx.query({
    name: 'erase-security-event-origins',
    text: `UPDATE security_events SET address = NULL, user_agent = NULL
           WHERE customer_id = $1 AND (address IS NOT NULL OR user_agent IS NOT NULL)`,
    values: [customerId],
  });
}
