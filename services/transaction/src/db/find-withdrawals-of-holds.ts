import type { Transaction } from '@florin/database';

/** The transaction ids of withdrawals by their holds; holds of others, such as cards, are left out. */
export async function findWithdrawalsOfHolds(
  tx: Transaction,
  holdIds: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const { rows } = await tx.query<{ holdId: string; id: string }>({
    name: 'find-withdrawals-of-holds',
    text: `SELECT hold_id AS "holdId", transaction_id AS id FROM withdrawals WHERE hold_id = ANY($1::uuid[])`,
    values: [holdIds],
  });
  return new Map(rows.map((row) => [row.holdId, row.id]));
}
