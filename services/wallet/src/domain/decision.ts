import type { LedgerCommand } from './ledger-command.js';

export type DeclineReason =
  | 'already-reversed'
  | 'amount-invalid'
  | 'balance-limit-exceeded'
  | 'bulk-declined'
  | 'bulk-invalid'
  | 'currency-mismatch'
  | 'deadline-exceeded'
  | 'hold-captured'
  | 'hold-exceeded'
  | 'hold-expired'
  | 'hold-not-found'
  | 'hold-voided'
  | 'insufficient-funds'
  | 'not-reversible'
  | 'rate-invalid'
  | 'reversal-exceeds-original'
  | 'same-wallet'
  | 'transaction-not-found'
  | 'wallet-not-active'
  | 'wallet-not-found';

/** What the ledger keeps of a decision for ever. Ids of wallets are null where the command names none. */
export interface TransferRecord {
  readonly transactionId: string;
  readonly kind: LedgerCommand['kind'];
  readonly sourceWalletId: string | null;
  readonly destinationWalletId: string | null;
  /** 0 for a bulk, whose items have records of their own. */
  readonly amount: number;
  readonly fee: number;
  readonly currency: string | null;
  readonly destinationAmount: number | null;
  readonly destinationCurrency: string | null;
  readonly rate: string | null;
  /** The hold, the original of a reversal, or the bulk that an item belongs to. */
  readonly referenceId: string | null;
  /** Null when posted. */
  readonly declineReason: string | null;
  readonly description: string | null;
}

/** A transfer that was decided before, with what has been given back of it since. */
export interface DecidedTransfer extends TransferRecord {
  readonly reversed: number;
  /** In the currency of the destination, when that is another one. */
  readonly destinationReversed: number;
}

export interface HoldState {
  readonly id: string;
  readonly walletId: string;
  readonly currency: string;
  /** Authorised, increments included. */
  readonly amount: number;
  readonly captured: number;
  /** Still set aside. */
  readonly remaining: number;
  readonly status: 'open' | 'captured' | 'voided' | 'expired';
  readonly description: string | null;
  readonly placedAt: number;
  readonly expiresAt: number;
  readonly resolvedAt: number | null;
}

export interface PostedEntry {
  readonly entryId: string;
  readonly transactionId: string;
  readonly walletId: string;
  readonly sequence: number;
  readonly amount: number;
  readonly heldChange: number;
  readonly posted: number;
  readonly held: number;
  readonly available: number;
  readonly holdId: string | null;
}

export interface Decision {
  readonly transfer: TransferRecord;
  /** Empty when declined, and for a bulk. */
  readonly entries: readonly PostedEntry[];
  /** The hold after a posted operation on it. */
  readonly hold?: HoldState;
  /** Given back to what is available, by a final capture, a void or an expiry. */
  readonly released?: number;
  /** What can still be reversed of the original of a posted reversal. */
  readonly reversible?: number;
  readonly bulk?: BulkOutcome;
}

export interface BulkOutcome {
  readonly mode: string;
  readonly items: readonly BulkItemResult[];
}

export interface BulkItemResult {
  readonly transactionId: string;
  readonly status: 'posted' | 'declined';
  readonly reason: string | null;
}
