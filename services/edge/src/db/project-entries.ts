import type { UnitOfWork } from '@florin/messaging';
import { newestBy } from '../consumers/newest-by.js';
import { insertEntries, type StatementEntry } from './insert-entries.js';
import { type ChangedBalance, updateBalances } from './update-balances.js';

/** Adds entries to the statements of their wallets and brings the balances up to date; returns what has moved. */
export async function projectEntries(
  unit: Pick<UnitOfWork, 'tx' | 'pending'>,
  entries: readonly StatementEntry[],
): Promise<readonly ChangedBalance[]> {
  // On one connection: the balances look at them afterwards.
  if (entries.length > 0) unit.pending(insertEntries(unit.tx, entries));
  return updateBalances(
    unit.tx,
    newestBy(
      entries,
      (entry) => entry.walletId,
      (entry) => entry.sequence,
    ),
  );
}
