import type { StatementEntry } from '../db/insert-entries.js';
import type { ChangedBalance } from '../db/update-balances.js';
import type { NewClientEvent } from './client-event.js';

/** Balances that have moved, once for each wallet of a batch. */
export function balanceEvents(
  balances: readonly ChangedBalance[],
  entries: readonly StatementEntry[],
): NewClientEvent[] {
  const times = new Map(
    entries.map(({ walletId, sequence, postedAt }) => [`${walletId} ${sequence}`, postedAt]),
  );
  return balances.map(({ walletId, ownerId, sequence, posted, held, available }) => ({
    type: 'wallet.balance-changed',
    subjectId: walletId,
    ownerIds: [ownerId],
    occurredAt: times.get(`${walletId} ${sequence}`)!,
    data: { balances: { posted, held, available } },
  }));
}
