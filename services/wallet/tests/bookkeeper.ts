import { Books, type OpeningBooks } from '../src/domain/books.js';
import { type BatchDecision, decideBatch } from '../src/domain/decide-batch.js';
import type { DecidedTransfer, HoldState } from '../src/domain/decision.js';
import type {
  CaptureHoldCommand,
  DepositCommand,
  LedgerCommand,
  PlaceHoldCommand,
  ReversalCommand,
  TransferCommand,
} from '../src/domain/ledger-command.js';
import type { WalletState } from '../src/domain/wallet-state.js';

/** Keeps books in memory over several batches, as the database does for the service. */
export interface Bookkeeper {
  readonly wallets: ReadonlyMap<string, WalletState>;
  readonly holds: ReadonlyMap<string, HoldState>;
  decide(now: number, ...commands: readonly LedgerCommand[]): Judgement;
}

export interface Judgement extends BatchDecision {
  /** For each decision `posted`, or why it was declined. */
  readonly verdicts: readonly string[];
  readonly changed: ReadonlyMap<string, WalletState>;
}

export function bookkeeper(opening: readonly WalletState[]): Bookkeeper {
  const wallets = new Map(opening.map((one) => [one.id, one]));
  const holds = new Map<string, HoldState>();
  const transfers = new Map<string, DecidedTransfer>();
  let entries = 0;

  function keep({ decisions, holds: changed }: BatchDecision): void {
    for (const { transfer, entries } of decisions) {
      transfers.set(transfer.transactionId, { ...transfer, reversed: 0, destinationReversed: 0 });
      const original = transfers.get(transfer.referenceId ?? '');
      if (transfer.kind === 'reversal' && transfer.declineReason === null && original) {
        const reversed = original.reversed + transfer.amount;
        const destinationReversed = original.destinationReversed + (transfer.destinationAmount ?? 0);
        transfers.set(original.transactionId, { ...original, reversed, destinationReversed });
      }
      for (const { walletId, sequence, posted, held } of entries) {
        wallets.set(walletId, { ...wallets.get(walletId)!, sequence, posted, held });
      }
    }
    for (const hold of changed) holds.set(hold.id, hold);
  }

  return {
    wallets,
    holds,
    decide(now, ...commands) {
      const books: OpeningBooks = {
        wallets,
        holds,
        transfers,
        shard: 0,
        nextEntryId: () => `entry-${entries++}`,
      };
      const decided = decideBatch(Books.open(books), commands, now);
      keep(decided);
      const verdicts = decided.decisions.map(({ transfer }) => transfer.declineReason ?? 'posted');
      return { ...decided, verdicts, changed: wallets };
    },
  };
}

export function wallet(id: string, posted: number, more: Partial<WalletState> = {}): WalletState {
  return {
    id,
    kind: 'customer',
    currency: 'USD',
    status: 'active',
    posted,
    held: 0,
    overdraftLimit: 0,
    maxBalance: null,
    sequence: 0,
    lastEntryAt: 0,
    ...more,
  };
}

let keys = 0;
const common = () => ({
  transactionId: `key-${keys++}`,
  currency: 'USD',
  description: null,
  deadlineAt: null,
});

export function transfer(
  sourceWalletId: string,
  destinationWalletId: string,
  amount: number,
  more: Partial<TransferCommand> = {},
): TransferCommand {
  const terms = { sourceWalletId, destinationWalletId, amount, fee: 0, exchange: null };
  return { kind: 'transfer', ...common(), ...terms, ...more };
}

export function deposit(walletId: string, amount: number): DepositCommand {
  return { kind: 'deposit', ...common(), walletId, amount };
}

export function hold(
  walletId: string,
  amount: number,
  more: Partial<PlaceHoldCommand> = {},
): PlaceHoldCommand {
  return { kind: 'hold', ...common(), walletId, amount, expiresAt: 10_000, ...more };
}

export function capture(
  holdId: string,
  amount: number,
  more: Partial<CaptureHoldCommand> = {},
): CaptureHoldCommand {
  const { currency: _, ...rest } = common();
  return { kind: 'capture', ...rest, holdId, amount, destinationWalletId: 'shop', final: false, ...more };
}

export function reversal(originalId: string, amount: number | null): ReversalCommand {
  const { currency: _, ...rest } = common();
  return { kind: 'reversal', ...rest, originalId, amount };
}
