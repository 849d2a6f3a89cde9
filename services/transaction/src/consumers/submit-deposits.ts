import { type SubmitDeposit, TransactionDeclined } from '@florin/contracts';
import type { Received, UnitOfWork } from '@florin/messaging';
import type { TransactionContext } from '../context.js';
import { insertDeposits } from '../db/insert-deposits.js';
import { insertTransactions } from '../db/insert-transactions.js';
import { loadTerms } from '../db/load-terms.js';
import type { Admission } from '../domain/admission.js';
import { admitDeposit } from '../domain/provider-admission.js';
import { declinedEvent, endedVersion, type Transaction } from '../domain/transaction.js';
import { firstOfEach } from './first-of-each.js';

/** The transaction type that every deposit has. */
const depositType = 'deposit';

/**
 * Admits deposits and puts them in the queue of the charging job. The provider is not called from here: a provider
 * that hangs must not hold up the transfers that share the partition.
 */
export async function submitDeposits(
  context: TransactionContext,
  unit: UnitOfWork,
  messages: readonly Received<SubmitDeposit>[],
): Promise<void> {
  const now = context.clock.now();
  const submissions = firstOfEach(messages);
  const terms = await loadTerms(
    unit.tx,
    submissions.map(({ value }) => ({
      type: depositType,
      sourceWalletType: null,
      destinationWalletType: value.walletType,
    })),
  );
  const admitted = submissions.map((message, i) => {
    const { amount, meta } = message.value;
    const admission = admitDeposit({ amount, deadlineAt: meta.deadlineAt }, terms[i], now);
    return { message, transaction: transactionOf(message.value, admission, now) };
  });
  const inserted = await insertTransactions(
    unit.tx,
    admitted.map(({ transaction }) => transaction),
    now,
  );
  const fresh = admitted.filter(({ transaction }) => inserted.has(transaction.id));
  const pending = fresh.filter(({ transaction }) => transaction.status === 'pending');
  await insertDeposits(
    unit.tx,
    pending.map(({ message: { value, traceparent } }) => ({
      transactionId: value.transactionId,
      fundingRef: value.fundingRef,
      correlationId: value.meta.correlationId,
      actor: value.meta.actor,
      traceparent: traceparent ?? null,
    })),
    new Date(now),
  );
  for (const { message, transaction } of fresh) {
    if (transaction.status !== 'declined') continue;
    const options = { cause: message, aggregateVersion: endedVersion };
    unit.send(TransactionDeclined, transaction.id, declinedEvent(transaction), options);
  }
  if (pending.length > 0) context.wakeDepositJob();
}

function transactionOf(submission: SubmitDeposit, admission: Admission, now: number): Transaction {
  return {
    id: submission.transactionId,
    type: depositType,
    status: admission.admitted ? 'pending' : 'declined',
    sourceWalletId: null,
    sourceOwnerId: null,
    destinationWalletId: submission.walletId,
    destinationOwnerId: submission.ownerId,
    amount: submission.amount,
    fee: admission.admitted ? admission.fee : 0,
    currency: submission.currency,
    description: null,
    declineReason: admission.admitted ? null : admission.reason,
    createdAt: submission.meta.occurredAt,
    completedAt: admission.admitted ? null : now,
    origin: null,
  };
}
