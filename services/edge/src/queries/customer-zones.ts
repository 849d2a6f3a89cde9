import { LRUCache } from 'lru-cache';
import type { PrismaClient } from '../db/generated/client.js';

const maxCached = 100_000;
/** A customer who moves is in his new time zone after this long; the day that is running goes on anyway. */
const ttlMs = 60_000;

/** Looks up the time zone of a customer, which every transfer needs. */
export interface CustomerZones {
  /** Null when there is no such customer. */
  find(customerId: string): Promise<string | null>;
}

export function createCustomerZones(prisma: PrismaClient): CustomerZones {
  const cache = new LRUCache<string, string>({ max: maxCached, ttl: ttlMs });
  let next: Promise<ReadonlyMap<string, string>> | undefined;
  let wanted = new Set<string>();

  /** Those of all requests in one turn of the event loop share a query. */
  function load(customerId: string): Promise<ReadonlyMap<string, string>> {
    wanted.add(customerId);
    next ??= new Promise<void>((resolve) => setImmediate(resolve)).then(async () => {
      const ids = [...wanted];
      wanted = new Set();
      next = undefined;
      const select = { id: true, timeZone: true };
      const customers = await prisma.customer.findMany({ where: { id: { in: ids } }, select });
      return new Map(customers.map(({ id, timeZone }) => [id, timeZone]));
    });
    return next;
  }

  return {
    async find(customerId) {
      const known = cache.get(customerId) ?? (await load(customerId)).get(customerId);
      if (known === undefined) return null;
      cache.set(customerId, known, { noUpdateTTL: true });
      return known;
    },
  };
}
