import type { Entry } from '@florin/contracts';
import type { Transaction } from '@florin/database';

/**
 * Sets the balances of wallets from the newest entry of each. The sequence decides what is newer, because events of
 * one wallet arrive over several partitions in any order.
 *
 * The wallets are locked in ascending order first: two edges that project the same hot wallets cannot deadlock.
 */
export async function updateBalances(tx: Transaction, newest: readonly Entry[]): Promise<void> {
  if (newest.length === 0) return;
  await tx.query({
    name: 'update-balances',
    text: `WITH locked AS MATERIALIZED (
             SELECT id FROM wallets WHERE id = ANY($1::uuid[]) ORDER BY id FOR NO KEY UPDATE
           )
           UPDATE wallets SET
             posted = r.posted, held = r.held, available = r.available, balance_sequence = r.sequence
           FROM unnest($1::uuid[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[])
             AS r (wallet_id, sequence, posted, held, available)
           JOIN locked ON locked.id = r.wallet_id
           WHERE wallets.id = r.wallet_id AND wallets.balance_sequence < r.sequence`,
    values: [
      newest.map((entry) => entry.walletId),
      newest.map((entry) => entry.sequence),
      newest.map((entry) => entry.posted),
      newest.map((entry) => entry.held),
      newest.map((entry) => entry.available),
    ],
  });
}
