import type { Transaction } from '@florin/database';
import { newestBy } from '../consumers/newest-by.js';
import { insertEntries, type StatementEntry } from './insert-entries.js';
import { type ChangedBalance, updateBalances } from './update-balances.js';

/** Adds entries to the statements of their wallets and brings the balances up to date; returns what has moved. */
export async function projectEntries(
  tx: Transaction,
  entries: readonly StatementEntry[],
): Promise<readonly ChangedBalance[]> {
  await insertEntries(tx, entries);
  return updateBalances(
    tx,
    newestBy(
      entries,
      (entry) => entry.walletId,
      (entry) => entry.sequence,
    ),
  );
}
