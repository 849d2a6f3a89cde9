import type { Entry } from './generated/messages.js';

/** Accounts of the platform: their ids are made from names (RFC 9562, version 5). */
export function isSystemAccount(walletId: string): boolean {
  return walletId[14] === '5';
}

/** The entry with which a customer has paid a posted transfer and its fee; undefined when the money came from outside. */
export function debitOf({ entries }: { readonly entries: readonly Entry[] }): Entry | undefined {
  return entries.find(({ walletId, amount }) => amount < 0 && !isSystemAccount(walletId));
}
