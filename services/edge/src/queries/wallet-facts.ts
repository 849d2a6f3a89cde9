import type { Database } from '@florin/database';
import { LRUCache } from 'lru-cache';
import { findWalletFacts, type WalletFacts } from '../db/find-wallet-facts.js';

const maxCached = 100_000;

/** Looks up what never changes about a wallet once it was opened: owner, type and currency. */
export interface WalletFactsLookup {
  /** Undefined when there is no such wallet, or when it is not open yet. */
  find(walletId: string): Promise<WalletFacts | undefined>;
}

/**
 * Every transfer needs the facts of two wallets. Those seen before come from memory; the others of all requests in one
 * turn of the event loop share a query. Unknown wallets are not remembered, because they may be opened any moment.
 */
export function createWalletFactsLookup(database: Database): WalletFactsLookup {
  const cache = new LRUCache<string, WalletFacts>({ max: maxCached });
  let next: Promise<ReadonlyMap<string, WalletFacts>> | undefined;
  let wanted = new Set<string>();

  function load(walletId: string): Promise<ReadonlyMap<string, WalletFacts>> {
    wanted.add(walletId);
    next ??= new Promise<void>((resolve) => setImmediate(resolve)).then(() => {
      const ids = [...wanted];
      wanted = new Set();
      next = undefined;
      return findWalletFacts(database, ids);
    });
    return next;
  }

  return {
    async find(walletId) {
      const id = walletId.toLowerCase();
      const cached = cache.get(id);
      if (cached) return cached;
      const facts = (await load(id)).get(id);
      if (facts) cache.set(id, facts);
      return facts;
    },
  };
}
