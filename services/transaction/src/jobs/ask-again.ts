import {
  type BodyOf,
  CaptureHold,
  PlaceHold,
  PostAdjustment,
  PostBulk,
  PostDeposit,
  PostTransfer,
  ReverseTransfer,
  VoidHold,
} from '@florin/contracts';
import type { SendOptions, UnitOfWork } from '@florin/messaging';
import type { StalledTransaction } from '../db/find-due-stalled.js';
import { postAdjustmentOf } from '../domain/adjustment.js';
import {
  captureHoldOf,
  placeHoldOf,
  voidHoldOf,
  type WithdrawalTerms,
} from '../domain/withdrawal-commands.js';

/** What was sent, if anything can be, and who it is that owes the outcome. */
export interface AskedAgain {
  readonly waitingFor: 'ledger' | 'provider';
  readonly sent: { readonly message: string; readonly messageId: string } | undefined;
}

/**
 * Sends the command of an overdue transaction again, word for word. The ledger decides a transaction once and repeats its
 * decision, so this is safe whatever became of the first command: it was lost, is a dead letter, waits, or its answer was
 * lost. With a deadline that is over, a ledger that has not posted it never will.
 */
export function askAgain(
  unit: UnitOfWork,
  transaction: StalledTransaction,
  deadlineAt: number | null,
  bulks: ReadonlyMap<string, BodyOf<PostBulk>>,
): AskedAgain {
  const { id: transactionId, amount, currency, description, depositState, withdrawalState } = transaction;
  const { sourceWalletId, destinationWalletId, fee: feeAmount } = transaction;
  const options = originOf(transaction);
  // With a deadline that is over, a ledger that has not decided refuses.
  const withDeadline = deadlineAt === null ? options : { ...options, deadlineAt };
  if (depositState === 'charged' && destinationWalletId !== null) {
    // No deadline: the provider has the money. What the ledger cannot credit, it refuses by itself.
    const body = { transactionId, walletId: destinationWalletId, amount, feeAmount, currency, description };
    const messageId = unit.send(PostDeposit, destinationWalletId, body, options);
    return { waitingFor: 'ledger', sent: { message: 'PostDeposit', messageId } };
  }
  if (depositState !== null || withdrawalState === 'payout-due') {
    return { waitingFor: 'provider', sent: undefined };
  }
  if (transaction.holdId !== null && sourceWalletId !== null) {
    const terms = { transactionId, holdId: transaction.holdId, walletId: sourceWalletId, amount, currency };
    return {
      waitingFor: 'ledger',
      sent: askOfHold(unit, transaction, { ...terms, fee: feeAmount }, withDeadline),
    };
  }
  if (transaction.request !== 'PostTransfer' || sourceWalletId === null || destinationWalletId === null) {
    return { waitingFor: 'ledger', sent: askAsBefore(unit, transaction, withDeadline, bulks) };
  }
  const ids = { transactionId, sourceWalletId, destinationWalletId };
  const { exchangeCurrency, exchangeRate: rate } = transaction;
  const exchange = exchangeCurrency === null || rate === null ? null : { currency: exchangeCurrency, rate };
  const body = { ...ids, amount, feeAmount, currency, exchange, description };
  const messageId = unit.send(PostTransfer, sourceWalletId, body, withDeadline);
  return { waitingFor: 'ledger', sent: { message: 'PostTransfer', messageId } };
}

/** What is no transfer by itself; undefined for what was never asked. */
function askAsBefore(
  unit: UnitOfWork,
  transaction: StalledTransaction,
  options: SendOptions,
  bulks: ReadonlyMap<string, BodyOf<PostBulk>>,
): AskedAgain['sent'] {
  const { id: transactionId, request, originId, sourceWalletId, currency, description } = transaction;
  if (request === 'ReverseTransfer' && originId !== null) {
    const { requestedAmount: amount } = transaction;
    const body = { transactionId, originalTransactionId: originId, amount, description };
    const messageId = unit.send(ReverseTransfer, sourceWalletId ?? transactionId, body, options);
    return { message: request, messageId };
  }
  if (request === 'PostAdjustment' && transaction.adjustment) {
    const { adjustment } = transaction;
    const { key, body } = postAdjustmentOf({ transactionId, adjustment, currency, description });
    return { message: request, messageId: unit.send(PostAdjustment, key, body, options) };
  }
  const bulk = request === 'PostBulk' && originId !== null ? bulks.get(originId) : undefined;
  if (!bulk) return undefined;
  // The ledger answers for each item, whatever it has answered for the others.
  const messageId = unit.send(PostBulk, bulk.items[0]!.sourceWalletId, bulk, options);
  return { message: 'PostBulk', messageId };
}

/** A hold outlives its withdrawal by far: without an answer its money would stay set aside, or come back after it was paid. */
function askOfHold(
  unit: UnitOfWork,
  transaction: StalledTransaction,
  terms: WithdrawalTerms,
  withDeadline: SendOptions,
): AskedAgain['sent'] {
  const { walletId } = terms;
  // Once the provider has decided, the ledger has to follow, however late.
  const options = originOf(transaction);
  switch (transaction.withdrawalState) {
    case 'hold-requested': {
      const hold = placeHoldOf(terms, transaction.receivedAt.getTime());
      return { message: 'PlaceHold', messageId: unit.send(PlaceHold, walletId, hold, withDeadline) };
    }
    case 'paid': {
      const capture = captureHoldOf(terms);
      return { message: 'CaptureHold', messageId: unit.send(CaptureHold, walletId, capture, options) };
    }
    case 'void-requested': {
      const end = voidHoldOf(terms);
      return { message: 'VoidHold', messageId: unit.send(VoidHold, walletId, end, options) };
    }
    default:
      return undefined;
  }
}

/** The request that started it, which has long been consumed; its trace goes on in a new span. */
export function originOf({ correlationId, traceId, id }: StalledTransaction): SendOptions {
  const parent = id.replaceAll('-', '').slice(-16);
  return {
    ...(correlationId === null ? {} : { correlationId }),
    ...(traceId === null ? {} : { traceparent: `00-${traceId}-${parent}-01` }),
  };
}
