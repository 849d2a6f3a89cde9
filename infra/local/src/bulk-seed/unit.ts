/** What is loaded in one transaction of each database; all or nothing, so a run that was stopped can be repeated. */
export const customersPerUnit = 1_000;
/** Each customer has a personal and a business wallet. */
export const walletsPerCustomer = 2;
/** Phone numbers have room for that many. */
export const maxCustomers = 10_000_000;
/** Of every customer. */
export const password = 'seeded customer 2026';
/** Minor units that each wallet opens with. */
export const openingBalance = 1_000_00;
/** Entries that a round of transfers back and forth adds to a unit. */
export const entriesPerRound = customersPerUnit * walletsPerCustomer * 2;

/**
 * SQL for the id of the n-th object of a kind: the same in every database and every run. Version 7 like the others, of an
 * instant in 1970, so that they sort before them; accounts of the platform are version 5.
 */
export function seededId(kind: keyof typeof kinds, n: string): string {
  const version = kind === 'account' ? 5 : 7;
  return `('00005eed-${kinds[kind]}-${version}000-8000-' || lpad(to_hex((${n})::bigint), 12, '0'))::uuid`;
}

const kinds = {
  customer: '0001',
  wallet: '0002',
  opening: '0003',
  openingEntry: '0004',
  account: '0005',
  transfer: '0006',
  transferEntry: '0007',
} as const;
