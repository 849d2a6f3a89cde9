import type { Transaction } from '@florin/database';

export interface NewEmailVerification {
  readonly customerId: string;
  readonly tokenHash: Buffer;
  readonly expiresAt: number;
}

/** Stores the hash of a token that verifies the email of a customer. */
export async function insertEmailVerification(
  tx: Transaction,
  { customerId, tokenHash, expiresAt }: NewEmailVerification,
): Promise<void> {
  await tx.query({
    name: 'insert-email-verification',
    text: 'INSERT INTO email_verifications (token_hash, customer_id, expires_at) VALUES ($1, $2, $3)',
    values: [tokenHash, customerId, new Date(expiresAt)],
  });
}
