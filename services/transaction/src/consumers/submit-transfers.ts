import {
  type ExchangeTerms,
  PostTransfer,
  type SubmitTransfer,
  TransactionDeclined,
} from '@florin/contracts';
import type { Received, UnitOfWork } from '@florin/messaging';
import type { TransactionContext } from '../context.js';
import { insertTransactions, type NewTransaction } from '../db/insert-transactions.js';
import { refused } from '../domain/admission.js';
import type { QuoteUseRefusal } from '../domain/quote.js';
import { declinedEvent, endedVersion, type Transaction } from '../domain/transaction.js';
import { type Admitted, type Applicant, admitAll } from './admit-all.js';
import { callOf } from './call-of.js';
import { firstOfEach } from './first-of-each.js';
import { type TakenQuote, takeQuotes } from './take-quotes.js';

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
  // Quotes first: what is declined for one takes no share of a limit that those behind it could use.
  const quotes = await takeQuotes(unit, submissions, now);
  const quotable = submissions.filter(({ value }) => !quoteRefusal(quotes.get(value.transactionId)));
  const admissions = await admitAll(
    unit,
    quotable.map(({ value }) => applicantOf(value)),
    now,
  );
  const admissionOf = new Map(quotable.map((message, i) => [message, admissions[i]!]));
  const admitted = submissions.map((message) => {
    const quote = quotes.get(message.value.transactionId);
    const admission = admissionOf.get(message) ?? refusedByQuote(quote);
    return { message, quote, transaction: transactionOf(message, admission, now) };
  });
  const inserted = await insertTransactions(
    unit,
    admitted.map(({ transaction }) => transaction),
    now,
  );
  for (const { message, quote, transaction } of admitted) {
    const exchange = quote && 'exchange' in quote ? quote.exchange : null;
    if (inserted.has(transaction.id)) sendOn(unit, message, transaction, exchange);
  }
}

/** Limits are those of the customer who pays. */
export function applicantOf(submission: SubmitTransfer): Applicant {
  const { sourceOwnerId: ownerId, sourceTimeZone: timeZone, meta } = submission;
  return { ...submission, ownerId, timeZone, deadlineAt: meta.deadlineAt };
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

function quoteRefusal(quote: TakenQuote | undefined): QuoteUseRefusal | undefined {
  return quote && 'refusal' in quote ? quote.refusal : undefined;
}

function refusedByQuote(quote: TakenQuote | undefined): Admitted {
  const reason = quoteRefusal(quote);
  if (reason === undefined) throw new Error('a transfer whose quote can be used is admitted by its rules');
  return { ...refused(reason), typeVersion: null, limitShares: [] };
}

function sendOn(
  unit: UnitOfWork,
  cause: Received<SubmitTransfer>,
  transaction: Transaction,
  exchange: ExchangeTerms | null,
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
      exchange,
      description,
    },
    { cause },
  );
}
