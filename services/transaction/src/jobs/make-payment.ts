import type { TransactionContext } from '../context.js';
import type { ClaimedPayment } from '../db/claimed-payment.js';
import type { PaymentDirection, PaymentOutcome, PaymentTerms } from '../providers/payment-provider.js';

/** A payment that has an outcome. */
export type MadePayment =
  | Exclude<PaymentOutcome, { readonly status: 'pending' }>
  | { readonly status: 'token-expired' };

/** There is no outcome yet, though nothing has failed. */
export abstract class OutcomeAwaitedError extends Error {
  abstract readonly code: string;
  readonly retryable = true;
}

/** The provider has the payment and decides later. */
export class PaymentPendingError extends OutcomeAwaitedError {
  readonly code = 'payment-pending';
  constructor(transactionId: string) {
    super(`the provider has yet to decide about ${transactionId}`);
    this.name = 'PaymentPendingError';
  }
}

/** Nothing was sent in this attempt: what was sent before may still arrive, but no later for it. */
export class NothingSentError extends OutcomeAwaitedError {
  readonly code = 'nothing-sent';
  constructor(override readonly cause: unknown) {
    super('nothing was sent', { cause });
    this.name = 'NothingSentError';
  }
}

/** The funding token has expired while the payment may be under way: only the provider's answer can end it. */
export class FundingTokenExpiredError extends OutcomeAwaitedError {
  readonly code = 'funding-token-expired';
  constructor(transactionId: string) {
    super(`the funding token of ${transactionId} has expired and the payment may still arrive`);
    this.name = 'FundingTokenExpiredError';
  }
}

/** This attempt was refused, while an earlier one may be under way: only the provider's answer about that one can end it. */
export class EarlierAttemptError extends OutcomeAwaitedError {
  readonly code = 'earlier-attempt-may-arrive';
  constructor(transactionId: string) {
    super(`the payment of ${transactionId} was refused, and an earlier attempt at it may still arrive`);
    this.name = 'EarlierAttemptError';
  }
}

export function termsOf({ transactionId: reference, amount, currency }: ClaimedPayment): PaymentTerms {
  return { reference, amount, currency };
}

/**
 * Takes or sends the money of one transaction.
 * @throws when there is no outcome yet; the payment has to be tried again later
 */
export async function makePayment(
  context: TransactionContext,
  direction: PaymentDirection,
  payment: ClaimedPayment,
): Promise<MadePayment> {
  const { psp, secrets } = context;
  const terms = termsOf(payment);
  // An earlier attempt, perhaps of a process that died, may have reached the provider: ask before sending anything.
  const known = payment.attempts > 1 ? await psp.find(direction, terms).catch(nothingSent) : undefined;
  if (known) return decided(payment, known);
  const fundingToken = await secrets.open(payment.fundingRef).catch(nothingSent);
  if (fundingToken === undefined) return withoutToken(context, direction, payment);
  const outcome = await psp.pay(direction, terms, fundingToken);
  const isRefusal = outcome.status === 'declined' && outcome.paymentId === null;
  if (isRefusal && payment.lastAttemptAt !== null) return refusedAgain(context, direction, payment, outcome);
  return decided(payment, outcome);
}

/** A refusal speaks of this request. What was sent before may still arrive, and must not when the money is given back. */
async function refusedAgain(
  { psp }: TransactionContext,
  direction: PaymentDirection,
  payment: ClaimedPayment,
  refusal: MadePayment,
): Promise<MadePayment> {
  const outcome = await psp.cancel(direction, termsOf(payment));
  if (!outcome) throw new EarlierAttemptError(payment.transactionId);
  return outcome.status === 'cancelled' ? refusal : decided(payment, outcome);
}

/**
 * Nothing can be sent any more, but what was sent may still arrive, however long ago that was: a provider may queue it. So
 * nobody concludes from time that it will not; the provider is told that it must not, and answers for it.
 */
async function withoutToken(
  { psp }: TransactionContext,
  direction: PaymentDirection,
  payment: ClaimedPayment,
): Promise<MadePayment> {
  if (payment.lastAttemptAt === null) return { status: 'token-expired' };
  const outcome = await psp.cancel(direction, termsOf(payment)).catch(nothingSent);
  // It stays as it is, until the provider knows the payment or a person settles it.
  if (!outcome) throw new NothingSentError(new FundingTokenExpiredError(payment.transactionId));
  return outcome.status === 'cancelled' ? { status: 'token-expired' } : decided(payment, outcome);
}

function nothingSent(cause: unknown): never {
  throw new NothingSentError(cause);
}

/** Once the outcome is recorded, nobody needs the token any more. */
export async function discardFundingToken(context: TransactionContext, payment: ClaimedPayment) {
  await context.secrets.discard(payment.fundingRef).catch((error: unknown) => {
    // It expires by itself; the outcome is recorded and must not be undone for this.
    context.logger.warn({ err: error, transactionId: payment.transactionId }, 'funding token not discarded');
  });
}

/** Why a payment was refused, as customers are told. */
export function refusalOf({ status }: MadePayment): string {
  return status === 'token-expired' ? 'funding-token-expired' : 'payment-declined';
}

function decided(payment: ClaimedPayment, outcome: PaymentOutcome): MadePayment {
  if (outcome.status === 'pending') throw new PaymentPendingError(payment.transactionId);
  return outcome;
}
