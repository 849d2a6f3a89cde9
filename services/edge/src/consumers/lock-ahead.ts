import { type Entry, isSystemAccount } from '@florin/contracts';
import type { Received, UnitOfWork } from '@florin/messaging';
import { lockNewWallets } from '../db/lock-new-wallets.js';
import { lockWallets } from '../db/lock-wallets.js';

/** What the projections that change wallets know them by. */
interface AboutWallets {
  readonly walletId?: string;
  readonly entries?: readonly Entry[];
}

/**
 * Locks the wallets of a batch before the first of several projections, in one order. Each projection locks its own, and keeps them until the
 * commit: two batches that met the same wallets in different projections would wait for each other.
 */
export async function lockAhead(unit: UnitOfWork, messages: readonly Received[]): Promise<void> {
  const ids = [...new Set(messages.flatMap(({ value }) => walletsOf(value as AboutWallets)))];
  const known = await lockWallets(unit.tx, ids);
  await lockNewWallets(
    unit.tx,
    ids.filter((id) => !known.has(id)),
  );
}

function walletsOf({ walletId, entries = [] }: AboutWallets): string[] {
  const ids = entries.map((entry) => entry.walletId).filter((id) => !isSystemAccount(id));
  return walletId === undefined ? ids : [walletId, ...ids];
}
