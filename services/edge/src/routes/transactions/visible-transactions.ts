import type { Caller } from '@florin/http';
import { type TransactionParties, viewersOf } from '../../read-models/transaction.js';
import { maySee, ownedBy } from '../replies.js';

export function maySeeTransaction(caller: Caller, transaction: TransactionParties): boolean {
  return maySee(caller, viewersOf(transaction));
}

/** The same as a condition of a query. */
export function visibleTransactions(caller: Caller) {
  return ownedBy(caller, (id) => ({
    OR: [
      { sourceOwnerId: id },
      { destinationOwnerId: id, status: { in: ['completed', 'reversed'] } },
      { destinationOwnerId: id, sourceOwnerId: null },
    ],
  }));
}
