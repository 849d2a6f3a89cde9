import type { Transaction } from '@florin/database';

/** What the ledger says a wallet had right after an entry. */
export interface LedgerBalance {
  readonly auditId: string;
  readonly walletId: string;
  readonly sequence: number;
  readonly posted: number;
  readonly held: number;
}

export interface ComparedBalance extends LedgerBalance {
  /** 'missing' while an entry up to this one has not arrived. */
  readonly verdict: 'same' | 'missing' | 'different';
}

/**
 * Compares balances of the ledger with the copies of the edge: the entry of that number, which never changes, and, where
 * it is still the newest, the balance of the wallet.
 */
export async function compareBalances(
  tx: Transaction,
  balances: readonly LedgerBalance[],
): Promise<readonly ComparedBalance[]> {
  const { rows } = await tx.query<ComparedBalance>({
    name: 'compare-balances',
    text: `SELECT r.*, CASE
               WHEN w.id IS NULL OR e.sequence IS NULL OR w.complete_sequence < r.sequence THEN 'missing'
               WHEN e.posted <> r.posted OR e.held <> r.held THEN 'different'
               WHEN w.balance_sequence = r.sequence AND (w.posted <> r.posted OR w.held <> r.held) THEN 'different'
               ELSE 'same' END AS verdict
           FROM unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::bigint[], $5::bigint[])
                  AS r ("auditId", "walletId", sequence, posted, held)
                LEFT JOIN wallets AS w ON w.id = r."walletId"
                LEFT JOIN entries AS e ON e.wallet_id = r."walletId" AND e.sequence = r.sequence`,
    values: [
      balances.map((balance) => balance.auditId),
      balances.map((balance) => balance.walletId),
      balances.map((balance) => balance.sequence),
      balances.map((balance) => balance.posted),
      balances.map((balance) => balance.held),
    ],
  });
  return rows;
}
