import type { Transaction } from '@florin/database';

export type ErasureStart =
  | { readonly kind: 'begun' | 'unknown' }
  /** What has to be settled first. */
  | { readonly kind: 'not-empty'; readonly what: 'wallets' | 'transactions' };

/**
 * Begins to erase a customer, unless what is known of the wallets already says that it cannot be. Beginning twice
 * changes nothing.
 */
export async function beginErasure(tx: Transaction, customerId: string, now: number): Promise<ErasureStart> {
  // The lock keeps sessions from being opened meanwhile: they refer to this row.
  const { rowCount } = await tx.query({
    name: 'lock-leaving-customer',
    text: 'SELECT 1 FROM customers WHERE id = $1 FOR UPDATE',
    values: [customerId],
  });
  if (rowCount === 0) return { kind: 'unknown' };
  const { rows } = await tx.query<{ wallets: boolean; transactions: boolean }>({
    name: 'find-what-keeps-customer',
    text: `
      SELECT
        EXISTS (
          SELECT 1 FROM wallets
          WHERE owner_id = $1 AND status IN ('active', 'frozen') AND (posted <> 0 OR held <> 0)
        ) AS wallets,
        EXISTS (SELECT 1 FROM transactions WHERE source_owner_id = $1 AND status = 'pending')
          OR EXISTS (SELECT 1 FROM transactions WHERE destination_owner_id = $1 AND status = 'pending')
          AS transactions`,
    values: [customerId],
  });
  const found = rows[0]!;
  if (found.wallets) return { kind: 'not-empty', what: 'wallets' };
  if (found.transactions) return { kind: 'not-empty', what: 'transactions' };
  await tx.query({
    name: 'insert-erasure',
    text: `INSERT INTO customer_erasures (customer_id, requested_at) VALUES ($1, $2) ON CONFLICT DO NOTHING`,
    values: [customerId, new Date(now)],
  });
  return { kind: 'begun' };
}
