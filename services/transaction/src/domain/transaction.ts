import type { BodyOf, Entry, TransactionCompleted, TransactionDeclined } from '@florin/contracts';

/** Pending until the ledger, or a rule before it, has decided; then completed or declined for good. */
export type TransactionStatus = 'pending' | 'completed' | 'declined';

export interface Transaction {
  readonly id: string;
  readonly type: string;
  readonly status: TransactionStatus;
  /** Null when the money comes from outside. */
  readonly sourceWalletId: string | null;
  readonly sourceOwnerId: string | null;
  readonly destinationWalletId: string;
  readonly destinationOwnerId: string;
  /** Minor units. */
  readonly amount: number;
  readonly fee: number;
  readonly currency: string;
  readonly description: string | null;
  readonly declineReason: string | null;
  /** Milliseconds since the Unix epoch. */
  readonly createdAt: number;
  readonly completedAt: number | null;
}

/** Version of a transaction that has ended; it is born with version 1. */
export const endedVersion = 2;

export function completedEvent(
  transaction: Transaction,
  entries: readonly Entry[],
): BodyOf<TransactionCompleted> {
  return { ...factsOf(transaction), entries };
}

export function declinedEvent(transaction: Transaction): BodyOf<TransactionDeclined> {
  if (transaction.declineReason === null) throw new Error(`transaction ${transaction.id} is not declined`);
  return { ...factsOf(transaction), declineReason: transaction.declineReason };
}

function factsOf(transaction: Transaction) {
  const { id, status, declineReason, completedAt, ...facts } = transaction;
  if (completedAt === null) throw new Error(`transaction ${id} is ${status}, it has not ended`);
  return { transactionId: id, ...facts, completedAt };
}
