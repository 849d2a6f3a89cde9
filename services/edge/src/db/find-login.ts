import type { Pool } from '@florin/database';

export interface Login {
  readonly customerId: string;
  readonly email: string;
  readonly phone: string;
  readonly status: string;
  readonly passwordHash: string;
}

/**
 * What a login needs to know. One query, whether there is such a customer or not: a second one for those who exist
 * would tell them apart by the time it takes.
 */
export async function findLogin(pool: Pool, email: string): Promise<Login | undefined> {
  const { rows } = await pool.query<Login>({
    name: 'find-login',
    text: `
      SELECT customers.id AS "customerId", email, phone, status, password_hash AS "passwordHash"
      FROM customers JOIN credentials ON customer_id = customers.id
      WHERE email = $1`,
    values: [email],
  });
  return rows[0];
}
