import { json, type RequestHandler } from 'express';
import { v7 as uuidv7 } from 'uuid';
import { z } from 'zod';
import type { BoundedStore } from '../bounded-store.js';
import type { SandboxContext } from '../context.js';
import { flakyFailures, fundingTokens, statusAtLast } from '../domain/funding-token.js';
import {
  cancelledPayment,
  decidePayment,
  isSamePayment,
  type Payment,
  withStatus,
} from '../domain/payment.js';
import { parseBody, problem } from '../problem.js';

const paymentSchema = z.strictObject({
  reference: z.string().min(1).max(100),
  amount: z.number().int().positive().max(Number.MAX_SAFE_INTEGER),
  currency: z.string().regex(/^[A-Z]{3}$/),
  fundingToken: z.enum(fundingTokens),
});

export interface PaymentKind<T extends Payment> {
  readonly name: 'charge' | 'payout';
  readonly store: BoundedStore<T>;
  /** What a payment of this kind is beyond what was asked for. */
  readonly create: (payment: Payment) => T;
}

/** Makes a payment once for each reference, however often it is asked for. */
export function makePayment<T extends Payment>(
  context: SandboxContext,
  { name, store, create }: PaymentKind<T>,
): RequestHandler[] {
  const { flakyAttempts, clock, callbacks } = context;
  const handler: RequestHandler = (request, response) => {
    if (request.get('idempotency-key') === undefined) {
      problem(response, 400, 'idempotency-key-missing', `a ${name} needs an Idempotency-Key header`);
      return;
    }
    const input = parseBody(paymentSchema, request.body, response);
    if (!input) return;
    const earlier = store.get(input.reference);
    if (earlier) {
      if (isSamePayment(earlier, input)) response.status(201).json(earlier);
      else problem(response, 422, 'reference-reused', `this reference belongs to another ${name}`);
      return;
    }
    if (input.fundingToken === 'tok_flaky') {
      const key = `${name} ${input.reference}`;
      const failed = flakyAttempts.get(key) ?? 0;
      if (failed < flakyFailures) {
        flakyAttempts.set(key, failed + 1);
        problem(response, 503, 'temporarily-unavailable', 'this token fails twice before it succeeds');
        return;
      }
      flakyAttempts.delete(key);
    }
    const payment = create(decidePayment(input, uuidv7(), new Date(clock.now()).toISOString()));
    store.set(payment.reference, payment);
    if (payment.status === 'pending') {
      callbacks.later(() => {
        const settled = withStatus(
          store.get(payment.reference) ?? payment,
          statusAtLast(payment.fundingToken),
          new Date(clock.now()).toISOString(),
        );
        store.set(payment.reference, settled);
        announce(context, name, settled);
      });
    } else {
      announce(context, name, payment);
    }
    if (input.fundingToken !== 'tok_timeout') response.status(201).json(payment);
  };
  return [json(), handler];
}

const cancellationSchema = paymentSchema.pick({ amount: true, currency: true });

/**
 * `POST …/{reference}/cancellations`: a payment that has not arrived is never made; one that has arrived stays as it is.
 * Either way the payment is the answer.
 */
export function cancelPayment<T extends Payment>(
  { clock }: Pick<SandboxContext, 'clock'>,
  { store, create }: PaymentKind<T>,
): RequestHandler[] {
  const handler: RequestHandler = (request, response) => {
    const reference = String(request.params.reference);
    const terms = parseBody(cancellationSchema, request.body, response);
    if (!terms) return;
    const now = new Date(clock.now()).toISOString();
    const payment = store.get(reference) ?? create(cancelledPayment({ ...terms, reference }, uuidv7(), now));
    store.set(reference, payment);
    response.status(201).json(payment);
  };
  return [json(), handler];
}

/** What became of one payment; the reference is in the path. */
export function findPayment({ name, store }: Pick<PaymentKind<Payment>, 'name' | 'store'>): RequestHandler {
  return (request, response) => {
    const payment = store.get(String(request.params.reference));
    if (payment) response.json(payment);
    else problem(response, 404, `${name}-not-found`, `no ${name} has this reference`);
  };
}

/** All payments of a kind, or those with the reference that is asked for. */
export function listPayments({ store }: Pick<PaymentKind<Payment>, 'store'>): RequestHandler {
  return (request, response) => {
    const { reference } = request.query;
    const all = store.all();
    response.json(typeof reference === 'string' ? all.filter((one) => one.reference === reference) : all);
  };
}

function announce({ callbacks }: SandboxContext, name: string, payment: Payment): void {
  const { id, reference, status, amount, currency } = payment;
  callbacks.send({ type: `${name}.${status}`, data: { id, reference, status, amount, currency } });
}
