import type { Pool } from '@florin/database';
import type { Credential } from './find-credential.js';

/** A link to reset a password, with what it takes to judge the new one. */
export interface PasswordReset extends Credential {
  readonly customerId: string;
  readonly expiresAt: number;
  readonly used: boolean;
}

export async function findPasswordReset(pool: Pool, tokenHash: Buffer): Promise<PasswordReset | undefined> {
  const { rows } = await pool.query<Omit<PasswordReset, 'expiresAt'> & { expiresAt: Date }>({
    name: 'find-password-reset',
    text: `
      SELECT c.id AS "customerId", c.email, c.full_name AS "fullName", k.password_hash AS "passwordHash",
        r.expires_at AS "expiresAt", r.used_at IS NOT NULL AS used
      FROM password_resets r
      JOIN customers c ON c.id = r.customer_id
      JOIN credentials k ON k.customer_id = c.id
      WHERE r.token_hash = $1`,
    values: [tokenHash],
  });
  const [found] = rows;
  return found && { ...found, expiresAt: found.expiresAt.getTime() };
}
