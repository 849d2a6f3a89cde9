import type { Entry } from './generated/messages.js';

/** Accounts of the platform: their ids are made from names (RFC 9562, version 5), those of customers from the clock (version 7). */
export function isSystemAccount(walletId: string): boolean {
  return walletId[14] === '5';
}

/** What customers have paid for a posted transfer, the fee included, in minor units; 0 when the money came from outside. */
export function paidByCustomers({ entries }: { readonly entries: readonly Entry[] }): number {
  return entries.reduce(
    (sum, { walletId, amount }) => (amount < 0 && !isSystemAccount(walletId) ? sum - amount : sum),
    0,
  );
}
