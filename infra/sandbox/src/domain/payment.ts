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
}

export interface Refund {
  readonly id: string;
  readonly reference: string;
  readonly amount: number;
  readonly status: 'succeeded';
  readonly createdAt: string;
}

export interface Charge extends Payment {
  readonly refunds: readonly Refund[];
}

export function decidePayment(request: PaymentRequest, id: string, createdAt: string): Payment {
  const { reference, amount, currency, fundingToken } = request;
  const base = { id, reference, amount, currency, fundingToken, createdAt };
  return withStatus({ ...base, status: 'pending' }, statusAtFirst(fundingToken));
}

export function withStatus<T extends Payment>(payment: T, status: PaymentStatus): T {
  return { ...payment, status, ...(status === 'declined' ? { declineReason: 'card-declined' } : {}) };
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
  return charge.amount - charge.refunds.reduce((sum, refund) => sum + refund.amount, 0);
}
