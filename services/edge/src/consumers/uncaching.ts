import { type Entry, isSystemAccount, type Message } from '@florin/contracts';
import type { ApplyBatch } from '@florin/messaging';
import type { CachedObject, ReadCache } from '../read-cache/read-cache.js';

/** A projection that also tells the cache, before the commit, which objects its messages may have changed. */
export function uncaching<T extends Message>(
  cache: Pick<ReadCache, 'invalidate'>,
  apply: ApplyBatch<T>,
  changedBy: (event: T) => readonly CachedObject[],
): ApplyBatch<T> {
  return async (unit, messages) => {
    await apply(unit, messages);
    await cache.invalidate(
      unit,
      messages.flatMap(({ value }) => changedBy(value)),
    );
  };
}

/** Entries change balances. */
export function walletsOfEntries({ entries }: { readonly entries: readonly Entry[] }): CachedObject[] {
  return entries.flatMap(({ walletId }) =>
    isSystemAccount(walletId) ? [] : [{ kind: 'wallet', id: walletId }],
  );
}
