import type { Transaction } from '@florin/database';

export interface EmailChange {
  readonly customerId: string;
  readonly email: string;
  readonly tokenHash: Buffer;
  readonly expiresAt: number;
}

/**
 * Remembers the address that a customer wants to change to, until the link that was mailed there is opened. It replaces
 * the one before: whoever reads a mistyped address must not be able to confirm it afterwards.
 */
export async function insertEmailChange(tx: Transaction, change: EmailChange): Promise<void> {
  const { customerId, email, tokenHash, expiresAt } = change;
  await tx.query({
    name: 'delete-email-changes',
    text: `DELETE FROM email_verifications
           WHERE customer_id = $1 AND new_email IS NOT NULL AND used_at IS NULL`,
    values: [customerId],
  });
  await tx.query({
    name: 'insert-email-change',
    text: `INSERT INTO email_verifications (token_hash, customer_id, new_email, expires_at)
           VALUES ($1, $2, $3, $4)`,
    values: [tokenHash, customerId, email, new Date(expiresAt)],
  });
}
