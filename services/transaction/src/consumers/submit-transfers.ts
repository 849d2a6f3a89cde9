import { PostTransfer, type SubmitTransfer, TransactionDeclined } from '@florin/contracts';
import type { Received, UnitOfWork } from '@florin/messaging';
import type { TransactionContext } from '../context.js';
import { insertTransactions, type NewTransaction } from '../db/insert-transactions.js';
import { lockFxQuotes } from '../db/lock-fx-quotes.js';
import { BatchQuotes } from '../domain/batch-quotes.js';
import type { Quote } from '../domain/quote.js';
import { declinedEvent, endedVersion, type Transaction } from '../domain/transaction.js';
import { type Admitted, type Applicant, admitAll } from './admit-all.js';
import { callOf } from './call-of.js';
import { firstOfEach } from './first-of-each.js';
import { useQuotes } from './use-quotes.js';

/**
 * Admits transfers and sends them on to the ledger, the whole batch at once: one query for the terms, one insert, and a
 * few more where a type has daily limits. A transaction that is known already is left alone, its message was sent with the first submission.
 */
export async function submitTransfers(
  context: TransactionContext,
  unit: UnitOfWork,
  messages: readonly Received<SubmitTransfer>[],
): Promise<void> {
  const now = context.clock.now();
  const submissions = firstOfEach(messages);
  const quoteIds = submissions.flatMap(({ value }) => value.quoteId ?? []);
  // Before the counters of limits, in the order of every batch.
  const quotes = quoteIds.length > 0 ? await lockFxQuotes(unit.tx, quoteIds) : new Map<string, Quote>();
  const inBatch = new BatchQuotes(quotes);
  const admissions = await admitAll(
    unit,
    submissions.map(({ value }) => ({ quote: inBatch.namedBy(value), ...applicantOf(value) })),
    now,
  );
  const decided = submissions.map((message, i) => ({
    message,
    transaction: transactionOf(message, admissions[i]!, now),
  }));
  const inserted = await insertTransactions(
    unit,
    decided.map(({ transaction }) => transaction),
    now,
  );
  const fresh = decided.filter(({ transaction }) => inserted.has(transaction.id));
  const goingOn = fresh.filter(({ transaction }) => transaction.status === 'pending');
  await useQuotes(
    unit,
    goingOn.map(({ message }) => message),
    quotes,
  );
  for (const { message, transaction } of fresh) {
    sendOn(unit, message, transaction, quotes.get(message.value.quoteId ?? ''));
  }
}

/** Limits are those of the customer who pays. */
export function applicantOf(submission: SubmitTransfer): Applicant {
  const { sourceOwnerId: ownerId, sourceTimeZone: timeZone, meta } = submission;
  return { ownerId, timeZone, deadlineAt: meta.deadlineAt, ...submission };
}

function transactionOf(message: Received<SubmitTransfer>, admission: Admitted, now: number): NewTransaction {
  const { value: submission } = message;
  const refusal = admission.admitted ? null : admission.reason;
  return {
    id: submission.transactionId,
    type: submission.type,
    status: refusal === null ? 'pending' : 'declined',
    sourceWalletId: submission.sourceWalletId,
    sourceOwnerId: submission.sourceOwnerId,
    destinationWalletId: submission.destinationWalletId,
    destinationOwnerId: submission.destinationOwnerId,
    amount: submission.amount,
    fee: admission.admitted ? admission.fee : 0,
    currency: submission.currency,
    description: submission.description,
    declineReason: refusal,
    createdAt: submission.meta.occurredAt,
    completedAt: refusal === null ? null : now,
    origin: submission.origin,
    typeVersion: admission.typeVersion,
    limitShares: admission.limitShares,
    request: 'PostTransfer',
    ...callOf(message),
  };
}

function sendOn(
  unit: UnitOfWork,
  cause: Received<SubmitTransfer>,
  transaction: Transaction,
  quote: Quote | undefined,
): void {
  if (transaction.status === 'declined') {
    unit.send(TransactionDeclined, transaction.id, declinedEvent(transaction, []), {
      cause,
      aggregateVersion: endedVersion,
    });
    return;
  }
  const { sourceWalletId, destinationWalletId, amount, currency, description } = cause.value;
  // Keyed by the source: debits of one wallet reach the ledger in the order they were submitted.
  unit.send(
    PostTransfer,
    sourceWalletId,
    {
      transactionId: transaction.id,
      sourceWalletId,
      destinationWalletId,
      amount,
      feeAmount: transaction.fee,
      currency,
      exchange: quote ? { currency: quote.destinationCurrency, rate: quote.rate } : null,
      description,
    },
    { cause },
  );
}
