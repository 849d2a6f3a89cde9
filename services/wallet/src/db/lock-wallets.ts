import { type Transaction, uuidArray } from '@florin/database';
import type { WalletKind, WalletState } from '../domain/wallet-state.js';

interface Row {
  id: string;
  kind: WalletKind;
  currency: string;
  status: string;
  posted: number;
  held: number;
  overdraft_limit: number;
  max_balance: number | null;
  sequence: number;
  last_entry_at_ms: number;
}

/** A floating-point number of milliseconds is that exact; a time of whole milliseconds must not become the next one. */
const halfMicrosecond = 0.0005;

/**
 * Locks all wallets of a batch, in ascending id order, in one statement: two instances with crossing transfers then
 * wait for each other instead of deadlocking. The sort is below the lock in the plan, so rows are locked as sorted.
 *
 * NO KEY UPDATE is enough, because ids never change, and does not hold up the checks of foreign keys. Under READ
 * COMMITTED a row that had to be waited for is read again, so the balances are those of the last commit.
 */
export async function lockWallets(
  tx: Transaction,
  ids: readonly string[],
): Promise<ReadonlyMap<string, WalletState>> {
  const { rows } = await tx.query<Row>({
    name: 'lock-wallets',
    text: `SELECT id, kind, currency, status, posted, held, overdraft_limit, max_balance, sequence,
                  coalesce(nullif(date_part('epoch', last_entry_at), '-Infinity') * 1000, 0) AS last_entry_at_ms
             FROM wallets WHERE id = ANY($1::uuid[]) ORDER BY id FOR NO KEY UPDATE`,
    values: [uuidArray(ids)],
  });
  return new Map(
    rows.map((row) => [
      row.id,
      {
        id: row.id,
        kind: row.kind,
        currency: row.currency,
        status: row.status,
        posted: row.posted,
        held: row.held,
        overdraftLimit: row.overdraft_limit,
        maxBalance: row.max_balance,
        sequence: row.sequence,
        lastEntryAt: Math.ceil(row.last_entry_at_ms - halfMicrosecond),
      },
    ]),
  );
}
