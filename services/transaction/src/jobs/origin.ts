import type { SendOptions } from '@florin/messaging';
import type { ClaimedPayment } from '../db/claimed-payment.js';

/** The request that a payment came from, which has long been answered and consumed. */
export function originOf(payment: ClaimedPayment): SendOptions {
  return {
    correlationId: payment.correlationId,
    actor: payment.actor ?? undefined,
    traceparent: payment.traceparent ?? undefined,
  };
}
