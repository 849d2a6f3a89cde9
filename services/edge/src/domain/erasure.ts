/** A wallet of a customer who leaves. */
export interface LeavingWallet {
  readonly id: string;
  readonly status: string;
  /** What became of the request to close it; undefined when none was made yet. */
  readonly closing: 'pending' | 'done' | 'refused' | undefined;
}

export type ErasureDecision =
  /** Nothing is left that could hold money: erase. */
  | { readonly kind: 'erase' }
  /** A wallet is not empty: the customer stays. These have been closed by then, and a closed wallet is never opened again. */
  | { readonly kind: 'abort'; readonly closed: readonly string[] }
  /** Ask these wallets to close, and look again when they have answered. */
  | { readonly kind: 'wait'; readonly close: readonly string[] };

const gone: ReadonlySet<string> = new Set(['closed', 'refused']);

/**
 * What comes next for a customer who leaves. Only the ledger knows what a wallet holds, so each is asked to close, and
 * a closed one takes no more money: whatever arrives while the customer is leaving is either posted before, and the
 * wallet refuses to close, or declined after. After a refusal, those that were asked already are waited for: the customer
 * is to be told exactly what has become of them.
 */
export function decideErasure(wallets: readonly LeavingWallet[]): ErasureDecision {
  const open = wallets.filter(({ status }) => !gone.has(status));
  if (open.some(({ closing }) => closing === 'refused')) {
    if (open.some(({ closing }) => closing === 'pending' || closing === 'done')) {
      return { kind: 'wait', close: [] };
    }
    const closed = wallets.filter(({ status, closing }) => status === 'closed' && closing === 'done');
    return { kind: 'abort', closed: closed.map(({ id }) => id) };
  }
  if (open.length === 0) return { kind: 'erase' };
  // One that is still being opened can be closed only when it is open.
  const close = open.filter((wallet) => wallet.status !== 'pending' && wallet.closing === undefined);
  return { kind: 'wait', close: close.map(({ id }) => id) };
}
