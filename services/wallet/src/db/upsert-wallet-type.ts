import type { Transaction } from '@florin/database';

export interface WalletTypeRow {
  readonly code: string;
  readonly name: string;
  readonly currency: string;
  readonly overdraftLimit: number;
  readonly maxBalance: number | null;
}

/**
 * Creates a wallet type or changes the one with this code; open wallets keep the limits they were opened with.
 * Returns the version, or undefined when the type exists in another currency, which nothing can change.
 */
export async function upsertWalletType(
  tx: Transaction,
  type: WalletTypeRow,
  updatedAt: Date,
): Promise<number | undefined> {
  const { rows } = await tx.query<{ version: number }>({
    name: 'upsert-wallet-type',
    text: `INSERT INTO wallet_types (code, name, currency, overdraft_limit, max_balance, updated_at)
           VALUES ($1, $2, $3, $4, $5, $6)
           ON CONFLICT (code) DO UPDATE
             SET name = excluded.name, overdraft_limit = excluded.overdraft_limit,
                 max_balance = excluded.max_balance, version = wallet_types.version + 1,
                 updated_at = excluded.updated_at
           WHERE wallet_types.currency = excluded.currency
           RETURNING version`,
    values: [type.code, type.name, type.currency, type.overdraftLimit, type.maxBalance, updatedAt],
  });
  return rows[0]?.version;
}
