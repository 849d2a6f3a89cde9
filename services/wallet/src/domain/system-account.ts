import { v5 as uuidv5 } from 'uuid';

/**
 * Accounts of the platform itself: where money from outside comes from and goes to, fees, the two sides of an exchange,
 * and money whose owner has still to be found.
 */
export const systemAccountKinds = ['cash-in', 'cash-out', 'fees', 'fx', 'suspense'] as const;
export type SystemAccountKind = (typeof systemAccountKinds)[number];

/** Each kind is spread over this many accounts per currency, so that instances rarely wait for one row. */
export const systemAccountShards = 16;

const namespace = '4d6e2c60-6f0a-5b0e-9c3b-0f2f6a1f6a10';
const known = new Map<string, string>();
const maxKnown = 10_000;

/** The id is a function of what the account is (RFC 9562 version 5): nobody has to look it up. */
export function systemAccountId(kind: SystemAccountKind, currency: string, shard: number): string {
  const name = `${kind}:${currency}:${shard}`;
  let id = known.get(name);
  if (id === undefined) {
    id = uuidv5(name, namespace);
    // Commands name the currency, so the names are not bounded by the currencies there are.
    if (known.size < maxKnown) known.set(name, id);
  }
  return id;
}
