/** What the ledger is asked to do. Amounts in minor units, times in milliseconds since the Unix epoch. */
export type LedgerCommand =
  | TransferCommand
  | DepositCommand
  | PlaceHoldCommand
  | IncrementHoldCommand
  | CaptureHoldCommand
  | VoidHoldCommand
  | ExpireHoldCommand
  | ReversalCommand
  | AdjustmentCommand
  | BulkCommand;

interface Command {
  /** The business key: what has been decided under it stays decided, for ever. */
  readonly transactionId: string;
  /** From then on the ledger refuses to act; null for none. */
  readonly deadlineAt: number | null;
}

export interface TransferCommand extends Command {
  readonly kind: 'transfer';
  readonly sourceWalletId: string;
  readonly destinationWalletId: string;
  readonly amount: number;
  /** Charged to the source on top of the amount; 0 for none. */
  readonly fee: number;
  /** Of the source. */
  readonly currency: string;
  /** Needed when the destination has another currency. */
  readonly exchange: ExchangeTerms | null;
  readonly description: string | null;
}

export interface ExchangeTerms {
  /** Of the destination. */
  readonly currency: string;
  /** Units of that currency for one unit of the source currency, as a decimal. */
  readonly rate: string;
}

/** Money that the payment provider has collected. */
export interface DepositCommand extends Command {
  readonly kind: 'deposit';
  readonly walletId: string;
  readonly amount: number;
  /** Taken from the amount; none when left out. */
  readonly fee?: number;
  readonly currency: string;
  readonly description: string | null;
}

/** The transaction id is the id of the hold. */
export interface PlaceHoldCommand extends Command {
  readonly kind: 'hold';
  readonly walletId: string;
  readonly amount: number;
  readonly currency: string;
  readonly expiresAt: number;
  readonly description: string | null;
}

export interface IncrementHoldCommand extends Command {
  readonly kind: 'increment';
  readonly holdId: string;
  readonly amount: number;
  readonly expiresAt: number | null;
}

export interface CaptureHoldCommand extends Command {
  readonly kind: 'capture';
  readonly holdId: string;
  readonly amount: number;
  /** Charged to the hold on top of the amount; none when left out. */
  readonly fee?: number;
  /** Null when the money leaves the platform. */
  readonly destinationWalletId: string | null;
  /** What remains after it goes back. */
  readonly final: boolean;
  readonly description: string | null;
}

export interface VoidHoldCommand extends Command {
  readonly kind: 'void';
  readonly holdId: string;
}

/** Sent by the clock: it does nothing to a hold that is resolved or has been given more time. */
export interface ExpireHoldCommand extends Command {
  readonly kind: 'expiry';
  readonly holdId: string;
}

export interface ReversalCommand extends Command {
  readonly kind: 'reversal';
  readonly originalId: string;
  /** In the currency of the source of the original; null for all that is left. */
  readonly amount: number | null;
  readonly description: string | null;
}

/** A side of a correction: a customer's wallet, or an account of the platform. */
export interface AdjustedSide {
  readonly walletId: string | null;
  readonly account: string | null;
}

/** Corrects the books after a reconciliation. */
export interface AdjustmentCommand extends Command {
  readonly kind: 'adjustment';
  readonly source: AdjustedSide;
  readonly destination: AdjustedSide;
  readonly amount: number;
  readonly currency: string;
  readonly description: string | null;
}

export interface BulkCommand extends Command {
  readonly kind: 'bulk';
  readonly mode: BulkMode;
  readonly items: readonly TransferCommand[];
}

export type BulkMode = 'atomic' | 'independent';

export type SingleCommand = Exclude<LedgerCommand, BulkCommand>;

/** The commands, with the items of bulks in the place of the bulk. */
export function singlesOf(commands: readonly LedgerCommand[]): SingleCommand[] {
  return commands.flatMap((command): readonly SingleCommand[] =>
    command.kind === 'bulk' ? command.items : [command],
  );
}
