import { PostTransfer, type SubmitTransfer, TransactionDeclined } from '@florin/contracts';
import type { Received, UnitOfWork } from '@florin/messaging';
import type { TransactionContext } from '../context.js';
import { insertTransactions } from '../db/insert-transactions.js';
import { loadTerms } from '../db/load-terms.js';
import { type Admission, admit } from '../domain/admission.js';
import { declinedEvent, endedVersion, type Transaction } from '../domain/transaction.js';
import { firstOfEach } from './first-of-each.js';

/**
 * Admits transfers and sends them on to the ledger, the whole batch at once: one query for the terms, one insert. A
 * transaction that is known already is left alone, its message was sent with the first submission.
 */
export async function submitTransfers(
  context: TransactionContext,
  unit: UnitOfWork,
  messages: readonly Received<SubmitTransfer>[],
): Promise<void> {
  const now = context.clock.now();
  const submissions = firstOfEach(messages);
  const terms = await loadTerms(
    unit.tx,
    submissions.map((message) => message.value),
  );
  const admitted = submissions.map((message, i) => {
    const { amount, meta } = message.value;
    const admission = admit({ amount, deadlineAt: meta.deadlineAt }, terms[i], now);
    return { message, transaction: transactionOf(message.value, admission, now) };
  });
  const inserted = await insertTransactions(
    unit.tx,
    admitted.map(({ transaction }) => transaction),
  );
  for (const { message, transaction } of admitted) {
    if (inserted.has(transaction.id)) sendOn(unit, message, transaction);
  }
}

function transactionOf(submission: SubmitTransfer, admission: Admission, now: number): Transaction {
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
