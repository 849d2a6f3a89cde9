import { PlaceHold, type SubmitWithdrawal, TransactionDeclined } from '@florin/contracts';
import { uuidv7 } from '@florin/database';
import type { Received, UnitOfWork } from '@florin/messaging';
import type { TransactionContext } from '../context.js';
import { insertTransactions, type NewTransaction } from '../db/insert-transactions.js';
import { insertWithdrawals } from '../db/insert-withdrawals.js';
import { admitWithdrawal } from '../domain/provider-admission.js';
import { declinedEvent, endedVersion, type Transaction } from '../domain/transaction.js';
import { placeHoldOf } from '../domain/withdrawal-commands.js';
import { type Admitted, type Applicant, admitAll } from './admit-all.js';
import { callOf } from './call-of.js';
import { firstOfEach } from './first-of-each.js';

/** The transaction type that every withdrawal has. */
const withdrawalType = 'withdrawal';

/** Admits withdrawals and sets their money aside: the provider hears of them when it is. */
export async function submitWithdrawals(
  context: TransactionContext,
  unit: UnitOfWork,
  messages: readonly Received<SubmitWithdrawal>[],
): Promise<void> {
  const now = context.clock.now();
  const submissions = firstOfEach(messages);
  const admissions = await admitAll(
    unit,
    submissions.map(({ value }) => applicantOf(value)),
    now,
    admitWithdrawal,
  );
  const admitted = submissions.map((message, i) => ({
    message,
    transaction: transactionOf(message, admissions[i]!, now),
    holdId: uuidv7(),
  }));
  const inserted = await insertTransactions(
    unit,
    admitted.map(({ transaction }) => transaction),
    now,
  );
  const fresh = admitted.filter(({ transaction }) => inserted.has(transaction.id));
  const pending = fresh.filter(({ transaction }) => transaction.status === 'pending');
  await insertWithdrawals(
    unit.tx,
    pending.map(({ message: { value, traceparent }, holdId }) => ({
      transactionId: value.transactionId,
      holdId,
      fundingRef: value.fundingRef,
      correlationId: value.meta.correlationId,
      actor: value.meta.actor,
      traceparent: traceparent ?? null,
    })),
    new Date(now),
  );
  for (const { message, transaction, holdId } of fresh) sendOn(unit, message, transaction, holdId, now);
}

function sendOn(
  unit: UnitOfWork,
  cause: Received<SubmitWithdrawal>,
  transaction: Transaction,
  holdId: string,
  now: number,
): void {
  if (transaction.status === 'declined') {
    const options = { cause, aggregateVersion: endedVersion };
    unit.send(TransactionDeclined, transaction.id, declinedEvent(transaction, []), options);
    return;
  }
  const { walletId } = cause.value;
  const { id: transactionId, amount, fee, currency } = transaction;
  const hold = placeHoldOf({ transactionId, holdId, walletId, amount, fee, currency }, now);
  // Keyed by the wallet: debits of one wallet reach the ledger in the order they were submitted.
  unit.send(PlaceHold, walletId, hold, { cause });
}

/** Limits are those of the customer who pays. */
export function applicantOf({ walletType, ownerTimeZone, meta, ...submission }: SubmitWithdrawal): Applicant {
  return {
    ...submission,
    type: withdrawalType,
    timeZone: ownerTimeZone,
    deadlineAt: meta.deadlineAt,
    sourceWalletType: walletType,
    destinationWalletType: null,
  };
}

function transactionOf(
  message: Received<SubmitWithdrawal>,
  admission: Admitted,
  now: number,
): NewTransaction {
  const { value: submission } = message;
  return {
    id: submission.transactionId,
    type: withdrawalType,
    origin: null,
    status: admission.admitted ? 'pending' : 'declined',
    sourceWalletId: submission.walletId,
    sourceOwnerId: submission.ownerId,
    destinationWalletId: null,
    destinationOwnerId: null,
    amount: submission.amount,
    fee: admission.admitted ? admission.fee : 0,
    currency: submission.currency,
    description: null,
    declineReason: admission.admitted ? null : admission.reason,
    createdAt: submission.meta.occurredAt,
    completedAt: admission.admitted ? null : now,
    typeVersion: admission.typeVersion,
    limitShares: admission.limitShares,
    ...callOf(message),
  };
}
