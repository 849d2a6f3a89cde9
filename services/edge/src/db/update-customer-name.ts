import type { Transaction } from '@florin/database';

export interface ChangedCustomer {
  readonly email: string;
  readonly phone: string;
  readonly version: number;
}

/** Gives a customer another name; undefined when it is the same one or the customer is gone. */
export async function updateCustomerName(
  tx: Transaction,
  change: { id: string; fullName: string; now: number },
): Promise<ChangedCustomer | undefined> {
  const { rows } = await tx.query<ChangedCustomer>({
    name: 'update-customer-name',
    text: `UPDATE customers SET full_name = $2, version = version + 1, updated_at = $3
           WHERE id = $1 AND full_name <> $2
           RETURNING email, phone, version`,
    values: [change.id, change.fullName, new Date(change.now)],
  });
  return rows[0];
}
