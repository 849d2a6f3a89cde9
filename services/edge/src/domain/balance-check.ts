/** Wallets as the edge knows them; undefined when it knows none. */
export interface Parties {
  readonly payer: { readonly status: string; readonly available: number } | undefined;
  readonly payee:
    | { readonly status: string; readonly posted: number; readonly maxBalance: number | null }
    | undefined;
}

/**
 * Why the ledger would refuse to take `total` from the payer and give `arriving` to the payee at this moment, in its words
 * and the order of its checks; null when it would not. The ledger decides again, on balances that may have changed.
 */
export function declineOfBalance(
  { total, arriving }: { readonly total: number; readonly arriving: number },
  { payer, payee }: Parties,
): string | null {
  if (!payer || !payee) return 'wallet-not-found';
  if (payee.status === 'closed' || payer.status !== 'active') return 'wallet-not-active';
  if (payer.available < total) return 'insufficient-funds';
  return payee.posted + arriving > (payee.maxBalance ?? Number.MAX_SAFE_INTEGER)
    ? 'balance-limit-exceeded'
    : null;
}
