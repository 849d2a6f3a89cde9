import type { Transaction } from '@florin/database';

/** The version of a customer, who does not change until the end of the transaction; undefined when there is none. */
export async function lockCustomerVersion(tx: Transaction, id: string): Promise<number | undefined> {
  const { rows } = await tx.query<{ version: number }>({
    name: 'lock-customer-version',
    text: 'SELECT version FROM customers WHERE id = $1 FOR UPDATE',
    values: [id],
  });
  return rows[0]?.version;
}
