export type WalletKind = 'customer' | 'system';

/** A wallet as the ledger sees it while its row is locked. Amounts in minor units. */
export interface WalletState {
  readonly id: string;
  readonly kind: WalletKind;
  readonly currency: string;
  readonly status: string;
  readonly posted: number;
  readonly held: number;
  readonly overdraftLimit: number;
  readonly maxBalance: number | null;
  /** Number of the wallet's last entry, 0 before the first. */
  readonly sequence: number;
  /** When that entry was posted, milliseconds since the Unix epoch; 0 before the first. */
  readonly lastEntryAt: number;
}

/** What is left to spend: posted − held + overdraft. */
export function availableOf(wallet: Pick<WalletState, 'posted' | 'held' | 'overdraftLimit'>): number {
  return wallet.posted - wallet.held + wallet.overdraftLimit;
}
