import type { Transaction } from '@florin/database';
import type { WalletTypeRow } from './upsert-wallet-type.js';

export interface NewWallet {
  readonly id: string;
  readonly ownerId: string;
  readonly name: string;
  readonly type: WalletTypeRow;
}

/** Opens wallets, empty. Returns the ids that are new; a wallet that exists is left as it is. */
export async function insertWallets(
  tx: Transaction,
  wallets: readonly NewWallet[],
  createdAt: Date,
): Promise<ReadonlySet<string>> {
  if (wallets.length === 0) return new Set();
  const { rows } = await tx.query<{ id: string }>({
    name: 'insert-wallets',
    text: `INSERT INTO wallets (id, kind, owner_id, type, currency, name, overdraft_limit, max_balance, status, created_at)
           SELECT u.id, 'customer', u.owner_id, u.type, u.currency, u.name, u.overdraft_limit, u.max_balance, 'active', $1
             FROM unnest($2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::bigint[], $8::bigint[])
                  AS u (id, owner_id, type, currency, name, overdraft_limit, max_balance)
            ORDER BY u.id
           ON CONFLICT (id) DO NOTHING
           RETURNING id`,
    values: [
      createdAt,
      wallets.map((w) => w.id),
      wallets.map((w) => w.ownerId),
      wallets.map((w) => w.type.code),
      wallets.map((w) => w.type.currency),
      wallets.map((w) => w.name),
      wallets.map((w) => w.type.overdraftLimit),
      wallets.map((w) => w.type.maxBalance),
    ],
  });
  return new Set(rows.map((row) => row.id));
}
