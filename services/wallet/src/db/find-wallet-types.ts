import type { Transaction } from '@florin/database';
import type { WalletTypeRow } from './upsert-wallet-type.js';

/** The wallet types among the given codes, by code. */
export async function findWalletTypes(
  tx: Transaction,
  codes: readonly string[],
): Promise<ReadonlyMap<string, WalletTypeRow>> {
  const { rows } = await tx.query<WalletTypeRow>({
    name: 'find-wallet-types',
    text: `SELECT code, name, currency, overdraft_limit AS "overdraftLimit", max_balance AS "maxBalance"
             FROM wallet_types WHERE code = ANY($1::text[])`,
    values: [codes],
  });
  return new Map(rows.map((row) => [row.code, row]));
}
