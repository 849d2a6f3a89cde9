import { type SubmitDeposit, TransactionDeclined } from '@florin/contracts';
import type { Received, UnitOfWork } from '@florin/messaging';
import type { TransactionContext } from '../context.js';
import { insertDeposits } from '../db/insert-deposits.js';
import { insertTransactions, type NewTransaction } from '../db/insert-transactions.js';
import { admitDeposit } from '../domain/provider-admission.js';
import { declinedEvent, endedVersion } from '../domain/transaction.js';
import { type Admitted, type Applicant, admitAll } from './admit-all.js';
import { callOf } from './call-of.js';
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
  const admissions = await admitAll(
    unit,
    submissions.map(({ value }) => applicantOf(value)),
    now,
    admitDeposit,
  );
  const admitted = submissions.map((message, i) => ({
    message,
    transaction: transactionOf(message, admissions[i]!, now),
  }));
  const inserted = await insertTransactions(
    unit,
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
    unit.send(TransactionDeclined, transaction.id, declinedEvent(transaction, []), options);
  }
  if (pending.length > 0) unit.afterCommit(() => context.wakeDepositJob());
}

/** Limits are those of the customer who is paid. */
export function applicantOf({ walletType, ownerTimeZone, meta, ...submission }: SubmitDeposit): Applicant {
  return {
    ...submission,
    type: depositType,
    timeZone: ownerTimeZone,
    deadlineAt: meta.deadlineAt,
    sourceWalletType: null,
    destinationWalletType: walletType,
  };
}

function transactionOf(message: Received<SubmitDeposit>, admission: Admitted, now: number): NewTransaction {
  const { value: submission } = message;
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
    typeVersion: admission.typeVersion,
    limitShares: admission.limitShares,
    ...callOf(message),
  };
}
