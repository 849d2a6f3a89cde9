import type { Transaction } from '@florin/database';

export interface PhoneChange {
  readonly customerId: string;
  readonly challengeId: string;
  readonly phone: string;
  readonly expiresAt: number;
}

/** Remembers the number that a customer wants to change to, in place of one that waited before. */
export async function writePhoneChange(tx: Transaction, change: PhoneChange): Promise<void> {
  await tx.query({
    name: 'write-phone-change',
    text: `
      INSERT INTO phone_changes (customer_id, challenge_id, phone, expires_at) VALUES ($1, $2, $3, $4)
      ON CONFLICT (customer_id) DO UPDATE
      SET challenge_id = EXCLUDED.challenge_id, phone = EXCLUDED.phone, expires_at = EXCLUDED.expires_at`,
    values: [change.customerId, change.challengeId, change.phone, new Date(change.expiresAt)],
  });
}
