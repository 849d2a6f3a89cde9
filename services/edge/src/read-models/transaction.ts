import { type MinorUnits, toNumber } from './minor-units.js';

/** What decides who may see a transaction. */
export interface TransactionParties {
  readonly status: string;
  readonly sourceOwnerId: string | null;
  readonly destinationOwnerId: string | null;
}

export interface TransactionRow extends TransactionParties {
  readonly id: string;
  readonly type: string;
  readonly declineReason: string | null;
  readonly amount: MinorUnits;
  readonly fee: MinorUnits;
  readonly reversedAmount: MinorUnits;
  readonly currency: string;
  readonly sourceWalletId: string | null;
  readonly destinationWalletId: string | null;
  readonly description: string | null;
  readonly createdAt: Date;
  readonly completedAt: Date | null;
  readonly originKind: string | null;
  readonly originId: string | null;
  readonly exchangeCurrency: string | null;
  readonly exchangeAmount: MinorUnits | null;
  readonly exchangeRate: string | null;
}

/** What every transaction is that was asked for by itself and not given back. */
export const plain = {
  originKind: null,
  originId: null,
  exchangeCurrency: null,
  exchangeAmount: null,
  exchangeRate: null,
  reversedAmount: 0,
} as const;

/**
 * Who sends sees everything. Who receives sees what arrived, and not what the sender tried in vain: that the sender is
 * short of money is nobody else's business. A deposit has no sender, so all of it is the receiver's.
 */
export function viewersOf({ status, sourceOwnerId, destinationOwnerId }: TransactionParties): string[] {
  const arrived = status === 'completed' || status === 'reversed' || sourceOwnerId === null;
  const viewers = arrived ? [sourceOwnerId, destinationOwnerId] : [sourceOwnerId];
  return [...new Set(viewers)].filter((owner) => owner !== null);
}

/** Members that are undefined are not sent. */
export function transactionResource(row: TransactionRow) {
  return {
    id: row.id,
    type: row.type,
    status: row.status,
    declineReason: row.declineReason ?? undefined,
    amount: toNumber(row.amount),
    fee: toNumber(row.fee),
    reversedAmount: toNumber(row.reversedAmount),
    currency: row.currency,
    sourceWalletId: row.sourceWalletId,
    destinationWalletId: row.destinationWalletId,
    description: row.description,
    createdAt: row.createdAt.toISOString(),
    completedAt: row.completedAt?.toISOString() ?? null,
    exchange: exchangeOf(row),
    origin: row.originId === null ? undefined : { kind: row.originKind, id: row.originId },
  };
}

/** A transaction that has just ended, for whoever waits for it. */
export function endedTransaction(row: TransactionRow) {
  return { kind: 'transaction', id: row.id, final: true, representation: transactionResource(row) } as const;
}

/** A transaction as it was when it ended, before anything of it was given back. */
export function transactionAsEnded(row: TransactionRow) {
  const status = row.status === 'reversed' ? 'completed' : row.status;
  return transactionResource({ ...row, status, reversedAmount: 0 });
}

/** A transaction whose outcome is overdue, as operators see it. */
export function stalledTransactionResource(
  row: Pick<TransactionRow, 'id' | 'type' | 'amount' | 'currency' | 'createdAt'> & {
    readonly waitingFor: string | null;
    readonly stallAttempts: number;
    readonly stalledSince: Date | null;
  },
) {
  return {
    id: row.id,
    type: row.type,
    amount: toNumber(row.amount),
    currency: row.currency,
    waitingFor: row.waitingFor,
    attempts: row.stallAttempts,
    stalledSince: row.stalledSince?.toISOString() ?? null,
    createdAt: row.createdAt.toISOString(),
  };
}

/** What the destination has received, when that is another currency. */
function exchangeOf({ exchangeCurrency: currency, exchangeAmount, exchangeRate: rate }: TransactionRow) {
  if (currency === null || exchangeAmount === null) return undefined;
  return { currency, amount: toNumber(exchangeAmount), rate };
}
