import type { Transaction } from '@florin/database';

/** Voids all links that were mailed to reset the password of a customer: it was changed, or the mailbox was. */
export async function voidPasswordResets(tx: Transaction, customerId: string, now: number): Promise<void> {
  await tx.query({
    name: 'void-password-resets',
    text: 'UPDATE password_resets SET used_at = $2 WHERE customer_id = $1 AND used_at IS NULL',
    values: [customerId, new Date(now)],
  });
}
