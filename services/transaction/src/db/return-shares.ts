import type { Transaction as DatabaseTransaction } from '@florin/database';
import type { NewTransaction } from './insert-transactions.js';

/** Gives back what transactions that are declined after all had taken of daily limits. */
export async function returnShares(
  tx: DatabaseTransaction,
  transactions: readonly NewTransaction[],
): Promise<void> {
  const returns = transactions.flatMap((transaction) =>
    (transaction.limitShares ?? []).map((share) => ({ ...transaction, ...share })),
  );
  if (returns.length === 0) return;
  await tx.query({
    name: 'return-shares',
    text: `INSERT INTO limit_returns (owner_id, transaction_type, currency, scope, day_ends_at, amount)
           SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::timestamptz[], $6::bigint[])`,
    values: [
      returns.map((r) => r.sourceOwnerId ?? r.destinationOwnerId),
      returns.map((r) => r.type),
      returns.map((r) => r.currency),
      returns.map((r) => r.scope),
      returns.map((r) => new Date(r.dayEndsAt)),
      returns.map((r) => r.amount),
    ],
  });
}
