/** Wallets as the edge knows them; undefined when it knows none. */
export interface Parties {
  readonly payer: { readonly status: string; readonly available: number } | undefined;
  readonly payee:
    | { readonly status: string; readonly posted: number; readonly maxBalance: number | null }
    | undefined;
}

/** What would be moved, in minor units: the fee from the payer as well, and something else to the payee of an exchange. */
export interface Amounts {
  readonly amount: number;
  readonly fee: number;
  readonly arriving: number;
}

/**
 * Why the ledger would refuse to move the amounts at this moment, in its words and the order of its checks; null when it
 * would not. The ledger decides again, on balances that may have changed.
 */
export function declineOfBalance(
  { amount, fee, arriving }: Amounts,
  { payer, payee }: Parties,
): string | null {
  if (!payer || !payee) return 'wallet-not-found';
  if (payee.status === 'closed' || payer.status !== 'active') return 'wallet-not-active';
  if (payer.available < amount) return 'insufficient-funds';
  if (payee.posted + arriving > (payee.maxBalance ?? Number.MAX_SAFE_INTEGER))
    return 'balance-limit-exceeded';
  return payer.available < amount + fee ? 'insufficient-funds' : null;
}
