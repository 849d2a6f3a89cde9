export interface ChargeRequest {
  /** The client's own id of the charge, unique for ever: asking by it tells what became of a lost answer. */
  readonly reference: string;
  /** Minor units. */
  readonly amount: number;
  readonly currency: string;
  readonly fundingToken: string;
}

export interface Refund {
  readonly id: string;
  readonly reference: string;
  readonly amount: number;
  readonly status: 'succeeded';
  readonly createdAt: string;
}

export interface Charge extends ChargeRequest {
  readonly id: string;
  readonly status: 'succeeded' | 'declined';
  readonly declineReason?: string;
  readonly refunds: readonly Refund[];
  readonly createdAt: string;
}

export const fundingTokens = ['tok_ok', 'tok_declined', 'tok_timeout', 'tok_flaky'] as const;

/** Attempts on `tok_flaky` that fail before one succeeds. */
export const flakyFailures = 2;

export function decideCharge(request: ChargeRequest, id: string, createdAt: string): Charge {
  const { reference, amount, currency, fundingToken } = request;
  const base = { id, reference, amount, currency, fundingToken, refunds: [], createdAt };
  return fundingToken === 'tok_declined'
    ? { ...base, status: 'declined', declineReason: 'card-declined' }
    : { ...base, status: 'succeeded' };
}

/** True when both ask for the same charge; a reference may not be used for another. */
export function isSameCharge(charge: Charge, request: ChargeRequest): boolean {
  return (
    charge.amount === request.amount &&
    charge.currency === request.currency &&
    charge.fundingToken === request.fundingToken
  );
}

/** Minor units that have not been refunded yet. */
export function refundable(charge: Charge): number {
  if (charge.status !== 'succeeded') return 0;
  return charge.amount - charge.refunds.reduce((sum, refund) => sum + refund.amount, 0);
}
