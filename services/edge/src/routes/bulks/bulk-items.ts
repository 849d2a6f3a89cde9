import { Problem, type ProblemError, validationFailed } from '@florin/http';
import { v7 as uuidv7 } from 'uuid';
import type { WalletFacts } from '../../db/find-wallet-facts.js';
import type { OwnedTransactionRow } from '../../db/insert-pending-transactions.js';
import type { WalletFactsLookup } from '../../queries/wallet-facts.js';
import { plain } from '../../read-models/transaction.js';
import type { TransferBody } from '../transactions/transfer-body.js';

export interface BulkItem {
  readonly row: OwnedTransactionRow;
  readonly source: WalletFacts;
  readonly destination: WalletFacts;
}

/**
 * The transfers of a bulk with the facts of their wallets.
 * @throws Problem 404 or `validation-failed` that points at every item with a wallet that is not there, or in another currency
 */
export async function bulkItems(
  walletFacts: WalletFactsLookup,
  bodies: readonly TransferBody[],
  bulk: { readonly id: string; readonly ownerId: string; readonly createdAt: Date },
): Promise<readonly BulkItem[]> {
  const facts = await Promise.all(
    bodies.map((body) =>
      Promise.all([walletFacts.find(body.sourceWalletId), walletFacts.find(body.destinationWalletId)]),
    ),
  );
  const missing: ProblemError[] = [];
  const mismatched: ProblemError[] = [];
  const items = facts.flatMap(([source, destination], i): BulkItem[] => {
    const body = bodies[i]!;
    const isOwn = source?.ownerId === bulk.ownerId;
    const pointer = (field: string) => `/items/${i}/${field}`;
    if (!isOwn) missing.push({ pointer: pointer('sourceWalletId'), detail: 'You have no such wallet.' });
    if (!destination)
      missing.push({ pointer: pointer('destinationWalletId'), detail: 'There is no such wallet.' });
    if (!isOwn || !source || !destination) return [];
    if (source.currency !== body.currency) {
      const detail = `The source wallet holds ${source.currency}.`;
      mismatched.push({ pointer: pointer('currency'), detail });
    }
    return [{ source, destination, row: rowOf(body, source, destination, bulk) }];
  });
  if (missing.length > 0) {
    throw new Problem(404, 'not-found', 'Some of the wallets do not exist.', { errors: missing });
  }
  if (mismatched.length > 0) throw validationFailed(mismatched);
  return items;
}

function rowOf(
  body: TransferBody,
  source: WalletFacts,
  destination: WalletFacts,
  bulk: { readonly id: string; readonly createdAt: Date },
): OwnedTransactionRow {
  return {
    ...plain,
    // Version 7 grows with every call, also within a millisecond: the order of the items is that of their ids.
    id: uuidv7(),
    type: body.type,
    status: 'pending',
    declineReason: null,
    amount: body.amount,
    fee: 0,
    currency: body.currency,
    sourceWalletId: source.id,
    sourceOwnerId: source.ownerId,
    destinationWalletId: destination.id,
    destinationOwnerId: destination.ownerId,
    description: body.description ?? null,
    createdAt: bulk.createdAt,
    completedAt: null,
    originKind: 'bulk',
    originId: bulk.id,
  };
}
