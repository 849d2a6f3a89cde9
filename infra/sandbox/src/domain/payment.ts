import { type PaymentStatus, statusAtFirst } from './funding-token.js';

export interface PaymentRequest {
  /** The client's own id of the payment, unique for ever: asking by it tells what became of a lost answer. */
  readonly reference: string;
  /** Minor units. */
  readonly amount: number;
  readonly currency: string;
  readonly fundingToken: string;
}

/** Money that was taken from a payer (a charge) or sent to a payee (a payout). */
export interface Payment extends PaymentRequest {
  readonly id: string;
  readonly status: PaymentStatus;
  readonly declineReason?: string;
  readonly createdAt: string;
  /** Absent while it is pending. It is settled on the day of this instant. */
  readonly endedAt?: string;
}

export interface Refund {
  readonly id: string;
  readonly reference: string;
  readonly amount: number;
  readonly status: PaymentStatus;
  readonly createdAt: string;
}

export interface Charge extends Payment {
  readonly refunds: readonly Refund[];
}

export function decidePayment(request: PaymentRequest, id: string, createdAt: string): Payment {
  const { reference, amount, currency, fundingToken } = request;
  const base = { id, reference, amount, currency, fundingToken, createdAt };
  return withStatus({ ...base, status: 'pending' }, statusAtFirst(fundingToken), createdAt);
}

/** What keeps a payment from being made that has not arrived yet: its place is taken, under its reference. */
export function cancelledPayment(
  request: Omit<PaymentRequest, 'fundingToken'>,
  id: string,
  createdAt: string,
): Payment {
  const end = { status: 'declined' as const, declineReason: 'cancelled', createdAt, endedAt: createdAt };
  return { ...request, id, fundingToken: 'none', ...end };
}

export function withStatus<T extends Payment>(payment: T, status: PaymentStatus, at: string): T {
  const end = status === 'pending' ? {} : { endedAt: at };
  return { ...payment, status, ...end, ...(status === 'declined' ? { declineReason: 'card-declined' } : {}) };
}

/** True when both ask for the same payment; a reference may not be used for another. */
export function isSamePayment(payment: Payment, request: PaymentRequest): boolean {
  return (
    payment.amount === request.amount &&
    payment.currency === request.currency &&
    payment.fundingToken === request.fundingToken
  );
}

/** Minor units that have not been refunded yet. */
export function refundable(charge: Charge): number {
  if (charge.status !== 'succeeded') return 0;
  const refunds = charge.refunds.filter(({ status }) => status !== 'declined');
  return charge.amount - refunds.reduce((sum, refund) => sum + refund.amount, 0);
}
