import { type TransactionRow, viewersOf } from '../read-models/transaction.js';
import type { NewClientEvent } from './client-event.js';

/** Transactions that have ended, for those of their parties who may see them. */
export function transactionEvents(
  type: 'transaction.completed' | 'transaction.declined' | 'transaction.failed',
  rows: readonly TransactionRow[],
): NewClientEvent[] {
  return rows.map((row) => ({
    type,
    subjectId: row.id,
    ownerIds: viewersOf(row),
    occurredAt: row.completedAt!.getTime(),
  }));
}
