/** Wallets as the edge knows them; undefined when it knows none. */
export interface Parties {
  readonly payer: { readonly status: string; readonly available: number } | undefined;
  readonly payee: { readonly status: string } | undefined;
}

/**
 * Why the ledger would refuse to move the total at this moment, in its words and the order of its checks; null when it
 * would not. The ledger decides again, on balances that may have changed.
 */
export function declineOfBalance(total: number, { payer, payee }: Parties): string | null {
  if (!payer || !payee) return 'wallet-not-found';
  if (payee.status === 'closed' || payer.status !== 'active') return 'wallet-not-active';
  return payer.available < total ? 'insufficient-funds' : null;
}
