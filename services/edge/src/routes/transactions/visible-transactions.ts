import type { Caller } from '@florin/http';
import { maySee, ownedBy } from '../replies.js';

interface Parties {
  readonly sourceOwnerId: string | null;
  readonly destinationOwnerId: string | null;
  readonly status: string;
}

/**
 * Who sends sees everything. Who receives sees what arrived, and not what the sender tried in vain: that the sender is
 * short of money is nobody else's business. A deposit has no sender, so all of it is the receiver's.
 */
export function maySeeTransaction(caller: Caller, transaction: Parties): boolean {
  if (maySee(caller, [transaction.sourceOwnerId])) return true;
  const arrived = transaction.status === 'completed' || transaction.sourceOwnerId === null;
  return arrived && maySee(caller, [transaction.destinationOwnerId]);
}

/** The same as a condition of a query. */
export function visibleTransactions(caller: Caller) {
  return ownedBy(caller, (id) => ({
    OR: [
      { sourceOwnerId: id },
      { destinationOwnerId: id, status: 'completed' },
      { destinationOwnerId: id, sourceOwnerId: null },
    ],
  }));
}
