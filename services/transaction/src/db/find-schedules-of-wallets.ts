import type { Transaction } from '@florin/database';

/** Active schedules that pay from or to one of the wallets. */
export async function findSchedulesOfWallets(
  tx: Transaction,
  walletIds: readonly string[],
): Promise<readonly string[]> {
  const { rows } = await tx.query<{ id: string }>({
    name: 'find-schedules-of-wallets',
    text: `SELECT id FROM scheduled_transfers WHERE status = 'active' AND source_wallet_id = ANY($1::uuid[])
           UNION
           SELECT id FROM scheduled_transfers WHERE status = 'active' AND destination_wallet_id = ANY($1::uuid[])`,
    values: [walletIds],
  });
  return rows.map((row) => row.id);
}
