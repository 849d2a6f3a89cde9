import type { Transaction } from '@florin/database';
import { newestBy } from '../consumers/newest-by.js';
import { insertEntries, type StatementEntry } from './insert-entries.js';
import { updateBalances } from './update-balances.js';

/** Adds entries to the statements of their wallets and brings the balances up to date. */
export async function projectEntries(tx: Transaction, entries: readonly StatementEntry[]): Promise<void> {
  await insertEntries(tx, entries);
  await updateBalances(
    tx,
    newestBy(
      entries,
      (entry) => entry.walletId,
      (entry) => entry.sequence,
    ),
  );
}
