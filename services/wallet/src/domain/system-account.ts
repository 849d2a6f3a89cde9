import { v5 as uuidv5 } from 'uuid';

/** Accounts of the platform itself: where money from outside comes from, and where fees go. */
export type SystemAccountKind = 'cash-in' | 'fees';
export const systemAccountKinds: readonly SystemAccountKind[] = ['cash-in', 'fees'];

/** Each kind is spread over this many accounts per currency, so that instances rarely wait for one row. */
export const systemAccountShards = 16;

const namespace = '4d6e2c60-6f0a-5b0e-9c3b-0f2f6a1f6a10';

/** The id is a function of what the account is (RFC 9562 version 5): nobody has to look it up. */
export function systemAccountId(kind: SystemAccountKind, currency: string, shard: number): string {
  return uuidv5(`${kind}:${currency}:${shard}`, namespace);
}

/**
 * The shard for a batch, from one of its transaction ids. All postings of a batch share one shard: a batch then
 * updates one row instead of sixteen, and two instances meet on it in one case out of sixteen.
 */
export function shardOf(transactionId: string): number {
  return Number.parseInt(transactionId.slice(-2), 16) % systemAccountShards;
}
