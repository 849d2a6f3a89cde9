import { ReverseTransfer, type SubmitReversal, TransactionDeclined } from '@florin/contracts';
import type { Received, UnitOfWork } from '@florin/messaging';
import type { TransactionContext } from '../context.js';
import { findTransactions } from '../db/find-transactions.js';
import { insertTransactions, type NewTransaction } from '../db/insert-transactions.js';
import { type ReversalRefusal, refuseReversal } from '../domain/reversal.js';
import {
  declinedEvent,
  endedVersion,
  type ReversedTransaction,
  type Transaction,
} from '../domain/transaction.js';
import { callOf } from './call-of.js';
import { firstOfEach } from './first-of-each.js';

/** The type that every reversal has; nobody can define it. */
const reversalType = 'reversal';

/** Admits reversals, transactions of their own in the other direction, and sends them on to the ledger. */
export async function submitReversals(
  context: TransactionContext,
  unit: UnitOfWork,
  messages: readonly Received<SubmitReversal>[],
): Promise<void> {
  const now = context.clock.now();
  const submissions = firstOfEach(messages);
  const originals = await findTransactions(
    unit.tx,
    submissions.map(({ value }) => value.originalTransactionId),
  );
  const admitted = submissions.map((message) => {
    const { amount, byOperator, meta, originalTransactionId, originalCompleted } = message.value;
    const original = originals.get(originalTransactionId);
    const request = { amount, byOperator, originalCompleted, deadlineAt: meta.deadlineAt };
    const refusal = refuseReversal(request, original, now);
    return { message, transaction: transactionOf(message, original, refusal, now) };
  });
  const inserted = await insertTransactions(
    unit,
    admitted.map(({ transaction }) => transaction),
    now,
  );
  for (const { message, transaction } of admitted) {
    if (inserted.has(transaction.id)) sendOn(unit, message, transaction);
  }
}

/** Who was paid pays back. The amount of what asks for all that is left is known when the ledger has decided. */
function transactionOf(
  message: Received<SubmitReversal>,
  original: ReversedTransaction | undefined,
  refusal: ReversalRefusal | undefined,
  now: number,
): NewTransaction {
  const { value: submission } = message;
  const { amount, originalAmount, originalTransactionId } = submission;
  const left = (original?.amount ?? originalAmount) - (original?.reversedAmount ?? 0);
  return {
    id: submission.transactionId,
    type: reversalType,
    status: refusal === undefined ? 'pending' : 'declined',
    sourceWalletId: submission.sourceWalletId,
    sourceOwnerId: submission.sourceOwnerId,
    destinationWalletId: submission.destinationWalletId,
    destinationOwnerId: submission.destinationOwnerId,
    amount: amount ?? (left > 0 ? left : originalAmount),
    fee: 0,
    currency: submission.currency,
    description: submission.reason,
    declineReason: refusal ?? null,
    createdAt: submission.meta.occurredAt,
    completedAt: refusal === undefined ? null : now,
    origin: { kind: 'transaction', id: originalTransactionId },
    request: 'ReverseTransfer',
    requestedAmount: amount,
    ...callOf(message),
  };
}

function sendOn(unit: UnitOfWork, cause: Received<SubmitReversal>, transaction: Transaction): void {
  if (transaction.status === 'declined') {
    const options = { cause, aggregateVersion: endedVersion };
    unit.send(TransactionDeclined, transaction.id, declinedEvent(transaction, []), options);
    return;
  }
  const { transactionId, originalTransactionId, amount, reason } = cause.value;
  // Keyed by the wallet that pays, as all debits are.
  unit.send(
    ReverseTransfer,
    transaction.sourceWalletId ?? transactionId,
    { transactionId, originalTransactionId, amount, description: reason },
    { cause },
  );
}
