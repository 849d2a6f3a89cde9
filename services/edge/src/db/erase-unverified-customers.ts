import type { Transaction } from '@florin/database';

export interface ErasedRegistration {
  readonly customerId: string;
  /** Of the event that tells of it. */
  readonly version: number;
}

/** Deletes customers who registered before `registeredBefore` and never verified the email; the oldest first. */
export async function eraseUnverifiedCustomers(
  tx: Transaction,
  { registeredBefore, now, limit }: { registeredBefore: number; now: number; limit: number },
): Promise<readonly ErasedRegistration[]> {
  const { rows } = await tx.query<{ id: string; version: number }>({
    name: 'erase-unverified-customers',
    text: `
      WITH doomed AS (
        SELECT id FROM customers WHERE status = 'pending_verification' AND created_at < $1
        ORDER BY created_at, id LIMIT $3 FOR UPDATE SKIP LOCKED
      ), remembered AS (
        INSERT INTO customer_erasures (customer_id, requested_at, erased_at) SELECT id, $2, $2 FROM doomed
        ON CONFLICT DO NOTHING
      )
      DELETE FROM customers c USING doomed d WHERE c.id = d.id RETURNING c.id, c.version`,
    values: [new Date(registeredBefore), new Date(now), limit],
  });
  return rows.map(({ id, version }) => ({ customerId: id, version: version + 1 }));
}
