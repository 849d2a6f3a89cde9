import { PostTransfer, type SubmitTransfer, TransactionDeclined } from '@florin/contracts';
import type { Received, UnitOfWork } from '@florin/messaging';
import { traceIdOf } from '@florin/observability';
import type { TransactionContext } from '../context.js';
import { insertTransactions, type NewTransaction } from '../db/insert-transactions.js';
import { declinedEvent, endedVersion, type Transaction } from '../domain/transaction.js';
import { type Admitted, type Applicant, admitAll } from './admit-all.js';
import { firstOfEach } from './first-of-each.js';

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
  const admissions = await admitAll(
    unit.tx,
    submissions.map(({ value }) => applicantOf(value)),
    now,
  );
  const admitted = submissions.map((message, i) => ({
    message,
    transaction: transactionOf(message, admissions[i]!, now),
  }));
  const inserted = await insertTransactions(
    unit.tx,
    admitted.map(({ transaction }) => transaction),
    now,
  );
  for (const { message, transaction } of admitted) {
    if (inserted.has(transaction.id)) sendOn(unit, message, transaction);
  }
}

/** Limits are those of the customer who pays. */
export function applicantOf(submission: SubmitTransfer): Applicant {
  const { sourceOwnerId: ownerId, sourceTimeZone: timeZone, meta } = submission;
  return { ...submission, ownerId, timeZone, deadlineAt: meta.deadlineAt };
}

function transactionOf(
  { value: submission, traceparent }: Received<SubmitTransfer>,
  admission: Admitted,
  now: number,
): NewTransaction {
  return {
    id: submission.transactionId,
    type: submission.type,
    status: admission.admitted ? 'pending' : 'declined',
    sourceWalletId: submission.sourceWalletId,
    sourceOwnerId: submission.sourceOwnerId,
    destinationWalletId: submission.destinationWalletId,
    destinationOwnerId: submission.destinationOwnerId,
    amount: submission.amount,
    fee: admission.admitted ? admission.fee : 0,
    currency: submission.currency,
    description: submission.description,
    declineReason: admission.admitted ? null : admission.reason,
    createdAt: submission.meta.occurredAt,
    completedAt: admission.admitted ? null : now,
    origin: null,
    typeVersion: admission.typeVersion,
    limitShares: admission.limitShares,
    request: 'PostTransfer',
    correlationId: submission.meta.correlationId,
    traceId: traceparent === undefined ? null : traceIdOf(traceparent),
  };
}

function sendOn(unit: UnitOfWork, cause: Received<SubmitTransfer>, transaction: Transaction): void {
  if (transaction.status === 'declined') {
    unit.send(TransactionDeclined, transaction.id, declinedEvent(transaction), {
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
      exchange: null,
      description,
    },
    { cause },
  );
}
