import type { Transaction } from '@florin/database';
import { type ChangedEmail, changeEmail } from './change-email.js';

export type Activation =
  | { readonly kind: 'activated'; readonly customerId: string; readonly version: number }
  | ({ readonly kind: 'email-changed'; readonly customerId: string; readonly email: string } & ChangedEmail)
  /** The link was opened before. */
  | { readonly kind: 'already-active' }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'expired' };

interface Verification {
  customer_id: string;
  expires_at: Date;
  used_at: Date | null;
  new_email: string | null;
}

/**
 * Uses up a verification token: activates its customer, or gives an active one the address that the token was mailed to.
 * @throws a unique violation when somebody else has taken the address meanwhile
 */
export async function activateCustomer(tx: Transaction, tokenHash: Buffer, now: number): Promise<Activation> {
  const verification = await lockVerification(tx, tokenHash);
  if (!verification) return { kind: 'unknown' };
  if (verification.used_at) return { kind: 'already-active' };
  if (verification.expires_at.getTime() <= now) return { kind: 'expired' };
  await tx.query({
    name: 'use-email-verification',
    text: 'UPDATE email_verifications SET used_at = $2 WHERE token_hash = $1',
    values: [tokenHash, new Date(now)],
  });
  const { customer_id: customerId, new_email: email } = verification;
  if (email !== null) {
    const changed = await changeEmail(tx, { customerId, email, now });
    return changed ? { kind: 'email-changed', customerId, email, ...changed } : { kind: 'already-active' };
  }
  const { rows: activated } = await tx.query<{ version: number }>({
    name: 'activate-customer',
    text: `
      UPDATE customers SET status = 'active', version = version + 1, updated_at = $2
      WHERE id = $1 AND status = 'pending_verification'
      RETURNING version`,
    values: [customerId, new Date(now)],
  });
  const version = activated[0]?.version;
  return version === undefined ? { kind: 'already-active' } : { kind: 'activated', customerId, version };
}

/**
 * Locks the customer, then the verification, in the order in which everybody takes them: a change of the password locks the
 * customer and voids verifications. Two openings of a link take turns, so that one event is sent.
 */
async function lockVerification(tx: Transaction, tokenHash: Buffer): Promise<Verification | undefined> {
  await tx.query({
    name: 'lock-customer-of-verification',
    text: `SELECT 1 FROM customers
           WHERE id = (SELECT customer_id FROM email_verifications WHERE token_hash = $1) FOR UPDATE`,
    values: [tokenHash],
  });
  const { rows } = await tx.query<Verification>({
    name: 'find-email-verification',
    text: 'SELECT customer_id, expires_at, used_at, new_email FROM email_verifications WHERE token_hash = $1',
    values: [tokenHash],
  });
  return rows[0];
}
