import type { Books } from './books.js';
import { decideCommand, isDecided } from './decide-command.js';
import type { BulkItemResult, Decision, DeclineReason, TransferRecord } from './decision.js';
import type { BulkCommand, TransferCommand } from './ledger-command.js';
import { bulkTerms } from './terms.js';
import { declined } from './transfer.js';

export const maxBulkItems = 500;

/**
 * Decides the items of a bulk in their order: each for itself, or (atomic) all of them or none. The decisions of the
 * items come first, that of the bulk last. An item that was decided before keeps its outcome.
 */
export function decideBulk(books: Books, bulk: BulkCommand, now: number): Decision[] {
  const { items } = bulk;
  const isKnownMode = bulk.mode === 'atomic' || bulk.mode === 'independent';
  // An item under the key of its bulk would be a second decision under one key.
  const isItsOwnItem = items.some((item) => item.transactionId === bulk.transactionId);
  if (!isKnownMode || isItsOwnItem || items.length === 0 || items.length > maxBulkItems) {
    return [
      remembered(books, {
        ...declined(recordOf(bulk), 'bulk-invalid'),
        bulk: { mode: bulk.mode, items: [] },
      }),
    ];
  }
  const decided = bulk.mode === 'atomic' ? decideAll(books, bulk, now) : decideEach(books, bulk, items, now);
  const results = items.map((item) => resultOf(books, item));
  const isRefused = bulk.mode === 'atomic' && results.some((result) => result.status === 'declined');
  const own = isRefused
    ? declined(recordOf(bulk), 'bulk-declined')
    : { transfer: recordOf(bulk), entries: [] };
  return [...decided, remembered(books, { ...own, bulk: { mode: bulk.mode, items: results } })];
}

function decideEach(
  books: Books,
  bulk: BulkCommand,
  items: readonly TransferCommand[],
  now: number,
): Decision[] {
  const decisions: Decision[] = [];
  for (const item of items) {
    if (isDecided(books, item)) continue;
    const decision = decideCommand(books, item, now, bulk.transactionId);
    if (decision) decisions.push(decision);
  }
  return decisions;
}

function decideAll(books: Books, bulk: BulkCommand, now: number): Decision[] {
  const fork = books.fork();
  const decisions = decideEach(fork, bulk, bulk.items, now);
  if (bulk.items.every((item) => resultOf(fork, item).status === 'posted')) {
    books.adopt(fork);
    return decisions;
  }
  // The fork is forgotten, so nothing has moved; those that would have been posted say that it was not their fault.
  return decisions.map(({ transfer }) => {
    const reason = (transfer.declineReason as DeclineReason | null) ?? 'bulk-declined';
    return remembered(books, declined(transfer, reason));
  });
}

function remembered(books: Books, decision: Decision): Decision {
  books.putDecided(decision.transfer);
  return decision;
}

function resultOf(books: Books, { transactionId }: TransferCommand): BulkItemResult {
  const reason = books.transfer(transactionId)?.declineReason ?? null;
  return { transactionId, status: reason === null ? 'posted' : 'declined', reason };
}

function recordOf(bulk: BulkCommand): TransferRecord {
  return {
    transactionId: bulk.transactionId,
    kind: 'bulk',
    sourceWalletId: null,
    destinationWalletId: null,
    amount: 0,
    fee: 0,
    currency: null,
    destinationAmount: null,
    destinationCurrency: null,
    rate: null,
    referenceId: null,
    declineReason: null,
    description: bulkTerms(bulk),
  };
}
