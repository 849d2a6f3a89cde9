import type { Transaction } from '@florin/database';
import type { LedgerBalance } from './compare-balances.js';

/** Remembers balances whose entries have yet to arrive, and until when they may. */
export async function insertAwaitedBalances(
  tx: Transaction,
  balances: readonly LedgerBalance[],
  dueAt: Date,
): Promise<void> {
  if (balances.length === 0) return;
  await tx.query({
    name: 'insert-awaited-balances',
    text: `INSERT INTO awaited_balances (due_at, wallet_id, sequence, posted, held, audit_id)
           SELECT $1, * FROM unnest($2::uuid[], $3::bigint[], $4::bigint[], $5::bigint[], $6::uuid[])
           ON CONFLICT DO NOTHING`,
    values: [
      dueAt,
      balances.map((balance) => balance.walletId),
      balances.map((balance) => balance.sequence),
      balances.map((balance) => balance.posted),
      balances.map((balance) => balance.held),
      balances.map((balance) => balance.auditId),
    ],
  });
}

/** Takes balances that are due, at most `limit`; other instances skip them. */
export async function takeAwaitedBalances(
  tx: Transaction,
  now: Date,
  limit: number,
): Promise<readonly LedgerBalance[]> {
  const { rows } = await tx.query<LedgerBalance>({
    name: 'take-awaited-balances',
    text: `DELETE FROM awaited_balances WHERE (wallet_id, sequence) IN (
             SELECT wallet_id, sequence FROM awaited_balances WHERE due_at <= $1 LIMIT $2 FOR UPDATE SKIP LOCKED)
           RETURNING audit_id AS "auditId", wallet_id AS "walletId", sequence, posted, held`,
    values: [now, limit],
  });
  return rows;
}
