import type {
  BodyOf,
  Entry,
  Exchange,
  Hop,
  TransactionCompleted,
  TransactionDeclined,
  TransactionFailed,
  TransactionOrigin,
  TransactionReversed,
} from '@florin/contracts';

/**
 * Pending until its outcome is certain. `declined`: a rule, the ledger or a provider said no. `failed`: a technical
 * cause ended it, and it is certain that no money has moved. `reversed`: all of it was given back; while only a part
 * was, it stays completed and says how much.
 */
export type TransactionStatus = 'pending' | 'completed' | 'declined' | 'failed' | 'reversed';

export type TransactionStep = 'complete' | 'decline' | 'fail' | 'reverse-in-part' | 'reverse-in-full';

export interface TransactionTransition {
  readonly from: TransactionStatus;
  readonly to: TransactionStatus;
}

/**
 * Every way from one status to another (docs/transactions.md). Statements update rows in the status that a step starts
 * from and no others, and a trigger of the table refuses any other way.
 */
export const transactionTransitions: Readonly<Record<TransactionStep, TransactionTransition>> = {
  complete: { from: 'pending', to: 'completed' },
  decline: { from: 'pending', to: 'declined' },
  fail: { from: 'pending', to: 'failed' },
  'reverse-in-part': { from: 'completed', to: 'completed' },
  'reverse-in-full': { from: 'completed', to: 'reversed' },
};

/** True for a status that no step leads away from. A completed transaction can still be reversed. */
export function isTerminal(status: TransactionStatus): boolean {
  return Object.values(transactionTransitions).every(({ from }) => from !== status);
}

/** The step that a reversal is, given all that was given back with it. */
export function reversalStep(amount: number, reversedAmount: number): TransactionStep {
  return reversedAmount === amount ? 'reverse-in-full' : 'reverse-in-part';
}

export interface Transaction {
  readonly id: string;
  readonly type: string;
  readonly status: TransactionStatus;
  /** Null when the money comes from outside. */
  readonly sourceWalletId: string | null;
  readonly sourceOwnerId: string | null;
  /** Null when the money leaves the platform, and in a reversal of money that came from outside, which is declined. */
  readonly destinationWalletId: string | null;
  readonly destinationOwnerId: string | null;
  /** Minor units. */
  readonly amount: number;
  readonly fee: number;
  readonly currency: string;
  readonly description: string | null;
  /** Why it was declined, or why it failed. */
  readonly declineReason: string | null;
  /** Milliseconds since the Unix epoch. */
  readonly createdAt: number;
  readonly completedAt: number | null;
  /** What it reverses, or is an item or an occurrence of; null when it was asked for by itself. */
  readonly origin: TransactionOrigin | null;
}

/** A completed transaction and what of it was given back so far, in minor units. */
export interface ReversedTransaction extends Transaction {
  readonly reversedAmount: number;
}

/** Version of a transaction that has ended; it is born with version 1. */
export const endedVersion = 2;

/** Version of a transaction of which so much was given back: it grows with each reversal. */
export function reversedVersion(reversedAmount: number): number {
  return endedVersion + reversedAmount;
}

/** The `hops` of these events are the messages between the one that asked for the transaction and the outcome. */
export function completedEvent(
  transaction: Transaction,
  entries: readonly Entry[],
  hops: readonly Hop[],
  exchange: Exchange | null = null,
): BodyOf<TransactionCompleted> {
  return { entries, hops, exchange, ...factsOf(transaction) };
}

export function declinedEvent(transaction: Transaction, hops: readonly Hop[]): BodyOf<TransactionDeclined> {
  return { declineReason: reasonOf(transaction, 'declined'), hops, ...factsOf(transaction) };
}

export function failedEvent(transaction: Transaction, hops: readonly Hop[]): BodyOf<TransactionFailed> {
  return { failureReason: reasonOf(transaction, 'failed'), hops, ...factsOf(transaction) };
}

export function reversedEvent(transaction: ReversedTransaction): BodyOf<TransactionReversed> {
  const {
    id: transactionId,
    sourceOwnerId,
    destinationOwnerId,
    amount,
    reversedAmount,
    currency,
  } = transaction;
  return { transactionId, sourceOwnerId, destinationOwnerId, amount, reversedAmount, currency };
}

function reasonOf({ id, status, declineReason }: Transaction, expected: TransactionStatus): string {
  if (status !== expected || declineReason === null) throw new Error(`transaction ${id} is not ${expected}`);
  return declineReason;
}

function factsOf(transaction: Transaction) {
  const { id, type, sourceWalletId, sourceOwnerId, destinationWalletId, destinationOwnerId } = transaction;
  const { amount, fee, currency, description, createdAt, completedAt, status, origin } = transaction;
  if (completedAt === null) throw new Error(`transaction ${id} is ${status}, it has not ended`);
  return {
    transactionId: id,
    type,
    sourceWalletId,
    sourceOwnerId,
    destinationWalletId,
    destinationOwnerId,
    amount,
    fee,
    currency,
    description,
    createdAt,
    completedAt,
    origin,
  };
}
