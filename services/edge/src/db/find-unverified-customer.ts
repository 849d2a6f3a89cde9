import type { Transaction } from '@florin/database';

export interface UnverifiedCustomer {
  readonly id: string;
  readonly fullName: string;
  readonly version: number;
}

/** The customer who has registered with an address but has not verified it. */
export async function findUnverifiedCustomer(
  tx: Transaction,
  email: string,
): Promise<UnverifiedCustomer | undefined> {
  const { rows } = await tx.query<UnverifiedCustomer>({
    name: 'find-unverified-customer',
    text: `SELECT id, full_name AS "fullName", version FROM customers
           WHERE email = $1 AND status = 'pending_verification' FOR KEY SHARE`,
    values: [email],
  });
  return rows[0];
}
