import type { UnitOfWork } from '@florin/messaging';
import { newestBy } from '../consumers/newest-by.js';
import { insertEntries, type StatementEntry } from './insert-entries.js';
import { lockNewWallets } from './lock-new-wallets.js';
import { lockWallets } from './lock-wallets.js';
import { type ChangedBalance, updateBalances } from './update-balances.js';

type Unit = Pick<UnitOfWork, 'tx' | 'pending'>;

/**
 * Adds entries to the statements of their wallets and brings the balances up to date; returns what has moved.
 *
 * Locks come first and are a statement of their own. First, because an entry that two messages tell of may be inserted by two
 * transactions at once, and the one that waits for the other must not hold a wallet that the other still wants. A statement of their own, because
 * the ones behind it then see the entries of every transaction that held the locks before: two that fill a gap from both sides
 * cannot both miss the other's half.
 */
export async function projectEntries(
  unit: Unit,
  entries: readonly StatementEntry[],
): Promise<readonly ChangedBalance[]> {
  if (entries.length === 0) return [];
  const newest = newestBy(
    entries,
    (entry) => entry.walletId,
    (entry) => entry.sequence,
  );
  const { known, changed } = await lockAndUpdate(unit, newest, entries);
  if (known.size === newest.length) return changed;
  const unknown = newest.filter(({ walletId }) => !known.has(walletId));
  await lockNewWallets(
    unit.tx,
    unknown.map(({ walletId }) => walletId),
  );
  // One that another transaction has just opened.
  const others = await lockAndUpdate(unit, unknown, []);
  return [...changed, ...others.changed];
}

/** In one round trip: each statement begins, and looks at what is committed, when the one before it has ended. */
async function lockAndUpdate(
  unit: Unit,
  newest: readonly StatementEntry[],
  entries: readonly StatementEntry[],
) {
  const locked = lockWallets(
    unit.tx,
    newest.map(({ walletId }) => walletId),
  );
  if (entries.length > 0) unit.pending(insertEntries(unit.tx, entries));
  const [known, changed] = await Promise.all([locked, updateBalances(unit.tx, newest)]);
  return { known, changed };
}
