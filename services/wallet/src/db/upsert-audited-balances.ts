import type { Transaction } from '@florin/database';
import type { WalletToAudit } from './find-wallets-to-audit.js';

/** Remembers up to where wallets were found in order. An audit that was overtaken by another leaves the newer one. */
export async function upsertAuditedBalances(
  tx: Transaction,
  wallets: readonly WalletToAudit[],
): Promise<void> {
  if (wallets.length === 0) return;
  await tx.query({
    name: 'upsert-audited-balances',
    text: `INSERT INTO audited_balances AS known (wallet_id, sequence, posted, held, last_entry_at)
           SELECT * FROM unnest($1::uuid[], $2::bigint[], $3::bigint[], $4::bigint[], $5::timestamptz[])
           ON CONFLICT (wallet_id) DO UPDATE
             SET sequence = excluded.sequence, posted = excluded.posted, held = excluded.held,
                 last_entry_at = excluded.last_entry_at
           WHERE known.sequence < excluded.sequence`,
    values: [
      wallets.map((wallet) => wallet.walletId),
      wallets.map((wallet) => wallet.sequence),
      wallets.map((wallet) => wallet.posted),
      wallets.map((wallet) => wallet.held),
      wallets.map((wallet) => wallet.lastEntryAt),
    ],
  });
}
