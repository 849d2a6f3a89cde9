import type { Transaction } from '../domain/transaction.js';

type Composed = 'createdAt' | 'completedAt' | 'origin';

/** A transaction as the driver returns it when it selects `transactionColumns`. */
export type TransactionRow = Omit<Transaction, Composed> & {
  readonly createdAt: Date;
  readonly completedAt: Date | null;
  readonly originKind: string | null;
  readonly originId: string | null;
};

export const transactionColumns = `
  t.id, t.type, t.status, t.source_wallet_id AS "sourceWalletId", t.source_owner_id AS "sourceOwnerId",
  t.destination_wallet_id AS "destinationWalletId", t.destination_owner_id AS "destinationOwnerId",
  t.amount, t.fee, t.currency, t.description, t.decline_reason AS "declineReason",
  t.created_at AS "createdAt", t.completed_at AS "completedAt",
  t.origin_kind AS "originKind", t.origin_id AS "originId"`;

export function transactionOf({ originKind: kind, originId: id, ...row }: TransactionRow): Transaction {
  return {
    origin: kind === null || id === null ? null : { kind, id },
    ...row,
    createdAt: row.createdAt.getTime(),
    completedAt: row.completedAt?.getTime() ?? null,
  };
}
