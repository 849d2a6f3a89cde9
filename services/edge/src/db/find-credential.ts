import type { Pool } from '@florin/database';

export interface Credential {
  readonly email: string;
  readonly fullName: string;
  readonly passwordHash: string;
}

/** What it takes to judge a password of a customer. */
export async function findCredential(pool: Pool, customerId: string): Promise<Credential | undefined> {
  const { rows } = await pool.query<Credential>({
    name: 'find-credential',
    text: `
      SELECT email, full_name AS "fullName", password_hash AS "passwordHash"
      FROM customers JOIN credentials ON customer_id = customers.id
      WHERE customers.id = $1`,
    values: [customerId],
  });
  return rows[0];
}
