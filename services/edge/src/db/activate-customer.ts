import type { Transaction } from '@florin/database';

export type Activation =
  | { readonly kind: 'activated'; readonly customerId: string; readonly version: number }
  /** The link was opened before. */
  | { readonly kind: 'already-active' }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'expired' };

/** Uses up a verification token and activates its customer. */
export async function activateCustomer(tx: Transaction, tokenHash: Buffer, now: number): Promise<Activation> {
  // The row lock makes two openings of the link take turns, so that one event is sent.
  const { rows } = await tx.query<{ customer_id: string; expires_at: Date; used_at: Date | null }>({
    name: 'lock-email-verification',
    text: 'SELECT customer_id, expires_at, used_at FROM email_verifications WHERE token_hash = $1 FOR UPDATE',
    values: [tokenHash],
  });
  const [verification] = rows;
  if (!verification) return { kind: 'unknown' };
  if (verification.used_at) return { kind: 'already-active' };
  if (verification.expires_at.getTime() <= now) return { kind: 'expired' };
  const { rows: activated } = await tx.query<{ version: number }>({
    name: 'activate-customer',
    text: `
      WITH used AS (UPDATE email_verifications SET used_at = $2 WHERE token_hash = $1)
      UPDATE customers SET status = 'active', version = version + 1, updated_at = $2
      WHERE id = $3 AND status = 'pending_verification'
      RETURNING version`,
    values: [tokenHash, new Date(now), verification.customer_id],
  });
  const version = activated[0]?.version;
  if (version === undefined) return { kind: 'already-active' };
  return { kind: 'activated', customerId: verification.customer_id, version };
}
