/** What an audit found that must not be. */
export interface Finding {
  readonly check:
    | 'guard-missing'
    | 'books-do-not-balance'
    | 'balance-differs-from-entries'
    | 'held-differs-from-entries'
    | 'held-differs-from-holds'
    | 'entries-do-not-follow'
    | 'entry-changed'
    | 'entry-added'
    | 'entry-missing'
    | 'seal-changed'
    | 'seal-run-changed';
  readonly walletId: string | null;
  readonly sequence: number | null;
  readonly entryId: string | null;
  readonly currency: string | null;
  readonly detail: string;
}

/** A finding about one wallet, or about one of its entries. */
export function findingOf(
  check: Finding['check'],
  walletId: string,
  detail: string,
  entry: { readonly sequence?: number; readonly entryId?: string } = {},
): Finding {
  const { sequence = null, entryId = null } = entry;
  return { check, walletId, sequence, entryId, currency: null, detail };
}
