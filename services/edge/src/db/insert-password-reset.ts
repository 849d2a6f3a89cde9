import type { Transaction } from '@florin/database';

export interface ResettableCustomer {
  readonly id: string;
  readonly fullName: string;
  readonly version: number;
}

/**
 * Stores the hash of a token that resets the password of the active customer with this address, in one statement whether
 * there is one or not; undefined when there is none. Links that were mailed before go on working: who asks for another
 * one in somebody's name must not void them.
 */
export async function insertPasswordReset(
  tx: Transaction,
  reset: { readonly email: string; readonly tokenHash: Buffer; readonly expiresAt: number },
): Promise<ResettableCustomer | undefined> {
  const { rows } = await tx.query<ResettableCustomer>({
    name: 'insert-password-reset',
    text: `
      WITH owner AS (
        SELECT id, full_name, version FROM customers WHERE email = $1 AND status = 'active' FOR KEY SHARE
      ), inserted AS (
        INSERT INTO password_resets (token_hash, customer_id, expires_at) SELECT $2, id, $3 FROM owner
      )
      SELECT id, full_name AS "fullName", version FROM owner`,
    values: [reset.email, reset.tokenHash, new Date(reset.expiresAt)],
  });
  return rows[0];
}
