import type { Transaction } from '@florin/database';

/**
 * Forgets changes of the email and the phone that wait to be confirmed: who began them may have had a stolen session, and
 * the owner has just taken the account back.
 */
export async function voidContactChanges(tx: Transaction, customerId: string): Promise<void> {
  await tx.query({
    name: 'void-contact-changes',
    text: `
      WITH phone AS (DELETE FROM phone_changes WHERE customer_id = $1)
      DELETE FROM email_verifications WHERE customer_id = $1 AND new_email IS NOT NULL AND used_at IS NULL`,
    values: [customerId],
  });
}
