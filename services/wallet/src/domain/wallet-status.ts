/** Frozen: money may come in, none may go out. Closed: for ever, empty. */
export type WalletStatus = 'active' | 'frozen' | 'closed';

export type WalletStatusRefusal = 'wallet-not-found' | 'wallet-closed' | 'wallet-not-empty';

export interface WalletStanding {
  readonly status: WalletStatus;
  readonly posted: number;
  readonly held: number;
}

/** What a wallet becomes: 'unchanged' when it is what is asked for already, which is no failure. */
export type WalletStatusDecision =
  | { readonly kind: 'changed' | 'unchanged'; readonly status: WalletStatus }
  | { readonly kind: 'refused'; readonly reason: WalletStatusRefusal };

/** A wallet is closed only when nothing is in it, owed on it or reserved from it, and is never opened again. */
export function decideWalletStatus(
  wallet: WalletStanding | undefined,
  wanted: WalletStatus,
): WalletStatusDecision {
  if (!wallet) return { kind: 'refused', reason: 'wallet-not-found' };
  if (wallet.status === wanted) return { kind: 'unchanged', status: wanted };
  if (wallet.status === 'closed') return { kind: 'refused', reason: 'wallet-closed' };
  if (wanted === 'closed' && (wallet.posted !== 0 || wallet.held !== 0)) {
    return { kind: 'refused', reason: 'wallet-not-empty' };
  }
  return { kind: 'changed', status: wanted };
}
