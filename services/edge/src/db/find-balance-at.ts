import type { Database } from '@florin/database';

export interface Balances {
  readonly posted: number;
  readonly held: number;
  readonly available: number;
}

/** The balances a wallet had at an instant: those after its last entry up to then. Undefined before its first. */
export async function findBalanceAt(
  database: Database,
  walletId: string,
  at: Date,
): Promise<Balances | undefined> {
  const { rows } = await database.pool.query<Balances>({
    name: 'find-balance-at',
    text: `SELECT posted, held, available FROM entries
           WHERE wallet_id = $1 AND posted_at <= $2 ORDER BY posted_at DESC, sequence DESC LIMIT 1`,
    values: [walletId, at],
  });
  return rows[0];
}
