/**
 * What the made-up tokens of payers and payees bring about:
 *
 * | token                  | outcome                                                           |
 * | ---------------------- | ----------------------------------------------------------------- |
 * | `tok_ok`               | succeeds                                                          |
 * | `tok_declined`         | is declined                                                       |
 * | `tok_timeout`          | succeeds, and the first answer never comes                        |
 * | `tok_flaky`            | fails twice for each reference, then succeeds                     |
 * | `tok_pending`          | is pending for a while, then succeeds; a callback tells of it     |
 * | `tok_pending_declined` | is pending for a while, then is declined; a callback tells of it  |
 * | `tok_refund_pending`   | succeeds; a refund is pending for a while                         |
 * | `tok_refund_declined`  | succeeds; a refund is declined                                    |
 */
export const fundingTokens = [
  'tok_ok',
  'tok_declined',
  'tok_timeout',
  'tok_flaky',
  'tok_pending',
  'tok_pending_declined',
  'tok_refund_pending',
  'tok_refund_declined',
] as const;

export type PaymentStatus = 'pending' | 'succeeded' | 'declined';

/** Attempts on `tok_flaky` that fail before one succeeds. */
export const flakyFailures = 2;

export function statusAtFirst(fundingToken: string): PaymentStatus {
  if (fundingToken.startsWith('tok_pending')) return 'pending';
  return fundingToken === 'tok_declined' ? 'declined' : 'succeeded';
}

export function refundStatusAtFirst(fundingToken: string): PaymentStatus {
  if (fundingToken === 'tok_refund_pending') return 'pending';
  return fundingToken === 'tok_refund_declined' ? 'declined' : 'succeeded';
}

/** What a pending payment becomes. */
export function statusAtLast(fundingToken: string): PaymentStatus {
  return fundingToken === 'tok_pending_declined' ? 'declined' : 'succeeded';
}
