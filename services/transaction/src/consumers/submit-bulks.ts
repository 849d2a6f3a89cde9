import { type BulkTransfer, PostBulk, type SubmitBulk, TransactionDeclined } from '@florin/contracts';
import { PermanentError, type Received, type UnitOfWork } from '@florin/messaging';
import type { TransactionContext } from '../context.js';
import { insertBulks } from '../db/insert-bulks.js';
import { insertTransactions, type NewTransaction } from '../db/insert-transactions.js';
import { admitBulk, type BulkItemAdmission, type BulkMode } from '../domain/bulk.js';
import { declinedEvent, endedVersion, type Transaction } from '../domain/transaction.js';
import { type Applicant, admitAll } from './admit-all.js';
import { callOf } from './call-of.js';

/**
 * Admits the transfers of bulks by the same rules as single ones and sends those that may pass to the ledger, which
 * posts an atomic bulk wholly or not at all. Each item is a transaction; its outcome comes back as that of any other.
 */
export async function submitBulks(
  context: TransactionContext,
  unit: UnitOfWork,
  messages: readonly Received<SubmitBulk>[],
): Promise<void> {
  const bulks = messages.filter(
    ({ value }, i) => messages.findIndex((other) => other.value.bulkId === value.bulkId) === i,
  );
  await refuseOtherTerms(context, unit, messages);
  const now = context.clock.now();
  const decided = await admitAll(
    unit,
    bulks.flatMap(({ value }) => applicantsOf(value)),
    now,
  );
  let position = 0;
  const admitted = bulks.map((message) => {
    const { mode, items } = message.value;
    const admissions = decided.slice(position, position + items.length);
    position += items.length;
    const verdicts = admitBulk(mode as BulkMode, admissions);
    const transactions = items.map((item, i) => ({
      ...transactionOf(message, item, verdicts[i]!, now),
      typeVersion: admissions[i]!.typeVersion,
      limitShares: admissions[i]!.limitShares,
    }));
    return { message, transactions };
  });
  const inserted = await insertTransactions(
    unit,
    admitted.flatMap(({ transactions }) => transactions),
    now,
  );
  for (const { message, transactions } of admitted) {
    // All or none: a bulk that is known already was sent with its first submission.
    if (transactions.every(({ id }) => inserted.has(id))) sendOn(unit, message, transactions);
    else if (transactions.some(({ id }) => inserted.has(id))) {
      throw new PermanentError('bulk-items-known', `items of bulk ${message.value.bulkId} exist already`);
    }
  }
}

/** Limits are those of the customer who pays; an atomic bulk that is refused counts for nothing. */
export function applicantsOf({ bulkId, mode, items, ...bulk }: SubmitBulk): Applicant[] {
  const { sourceOwnerId: ownerId, sourceTimeZone: timeZone, meta } = bulk;
  const allOrNone = mode === 'atomic' ? bulkId : null;
  return items.map((item) => ({ ...item, ownerId, timeZone, deadlineAt: meta.deadlineAt, allOrNone }));
}

/** A bulk that comes again with fewer items, or in another mode, is a mistake that must not pass as a repeat. */
async function refuseOtherTerms(
  { clock }: TransactionContext,
  unit: UnitOfWork,
  messages: readonly Received<SubmitBulk>[],
): Promise<void> {
  const rows = messages.map(({ value: { bulkId: id, mode, items } }) => ({
    id,
    mode,
    itemCount: items.length,
  }));
  const first = await insertBulks(
    unit.tx,
    [...new Map(rows.toReversed().map((row) => [row.id, row])).values()],
    new Date(clock.now()),
  );
  for (const { id, mode, itemCount } of rows) {
    const known = first.get(id);
    if (known?.mode !== mode || known.itemCount !== itemCount) {
      throw new PermanentError('bulk-id-conflict', `bulk ${id} was submitted before on other terms`);
    }
  }
}

function transactionOf(
  message: Received<SubmitBulk>,
  item: BulkTransfer,
  verdict: BulkItemAdmission,
  now: number,
): NewTransaction {
  const { value: bulk } = message;
  return {
    id: item.transactionId,
    type: item.type,
    status: verdict.admitted ? 'pending' : 'declined',
    sourceWalletId: item.sourceWalletId,
    sourceOwnerId: bulk.sourceOwnerId,
    destinationWalletId: item.destinationWalletId,
    destinationOwnerId: item.destinationOwnerId,
    amount: item.amount,
    fee: verdict.admitted ? verdict.fee : 0,
    currency: item.currency,
    description: item.description,
    declineReason: verdict.admitted ? null : verdict.reason,
    createdAt: bulk.meta.occurredAt,
    completedAt: verdict.admitted ? null : now,
    origin: { kind: 'bulk', id: bulk.bulkId },
    ...(verdict.admitted ? { request: 'PostBulk' } : {}),
    ...callOf(message),
  };
}

function sendOn(unit: UnitOfWork, cause: Received<SubmitBulk>, transactions: readonly Transaction[]): void {
  const { bulkId, mode, items } = cause.value;
  for (const transaction of transactions) {
    if (transaction.status !== 'declined') continue;
    const options = { cause, aggregateVersion: endedVersion };
    unit.send(TransactionDeclined, transaction.id, declinedEvent(transaction, []), options);
  }
  const fees = new Map(
    transactions.filter(({ status }) => status === 'pending').map(({ id, fee }) => [id, fee]),
  );
  const posted = items.filter(({ transactionId }) => fees.has(transactionId));
  if (posted.length === 0) return;
  // Keyed by the first wallet that pays: most bulks have one, whose debits stay in the order they were submitted.
  unit.send(
    PostBulk,
    posted[0]!.sourceWalletId,
    {
      bulkId,
      mode,
      items: posted.map((item) => ({
        transactionId: item.transactionId,
        sourceWalletId: item.sourceWalletId,
        destinationWalletId: item.destinationWalletId,
        amount: item.amount,
        feeAmount: fees.get(item.transactionId)!,
        currency: item.currency,
        exchange: null,
        description: item.description,
      })),
    },
    { cause },
  );
}
