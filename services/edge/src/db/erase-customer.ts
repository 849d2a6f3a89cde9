import type { Transaction } from '@florin/database';

export interface ErasedCustomer {
  readonly email: string;
  /** Of the event that tells of it. */
  readonly version: number;
}

/**
 * Deletes a customer with credentials, sessions, refresh tokens and verifications, which frees email and phone for
 * another registration.
 */
export async function eraseCustomer(
  tx: Transaction,
  customerId: string,
  now: number,
): Promise<ErasedCustomer | undefined> {
  const { rows } = await tx.query<{ email: string; version: number }>({
    name: 'erase-customer',
    text: `
      WITH finished AS (UPDATE customer_erasures SET erased_at = $2 WHERE customer_id = $1)
      DELETE FROM customers WHERE id = $1 RETURNING email, version`,
    values: [customerId, new Date(now)],
  });
  const [customer] = rows;
  return customer && { email: customer.email, version: customer.version + 1 };
}
