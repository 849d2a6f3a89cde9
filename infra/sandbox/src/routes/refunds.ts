import { type Express, json } from 'express';
import { v7 as uuidv7 } from 'uuid';
import { z } from 'zod';
import type { SandboxContext } from '../context.js';
import { refundStatusAtFirst } from '../domain/funding-token.js';
import { type Refund, refundable } from '../domain/payment.js';
import { faultMiddleware } from '../fault-middleware.js';
import { parseBody, problem } from '../problem.js';

const refundSchema = z.strictObject({
  reference: z.string().min(1).max(100),
  amount: z.number().int().positive(),
});

/** `POST /psp/charges/{reference}/refunds`: each refund reference once, never beyond what was charged. */
export function refundRoutes(app: Express, { faults, charges, clock, callbacks }: SandboxContext): void {
  app.post('/psp/charges/:reference/refunds', faultMiddleware(faults, 'psp'), json(), (request, response) => {
    const charge = charges.get(String(request.params.reference));
    if (!charge) {
      problem(response, 404, 'charge-not-found', 'no charge has this reference');
      return;
    }
    const input = parseBody(refundSchema, request.body, response);
    if (!input) return;
    const earlier = charge.refunds.find((refund) => refund.reference === input.reference);
    if (earlier) {
      if (earlier.amount === input.amount) response.status(201).json(earlier);
      else problem(response, 422, 'reference-reused', 'this reference belongs to another refund');
      return;
    }
    if (input.amount > refundable(charge)) {
      problem(response, 422, 'refund-exceeds-charge', `${refundable(charge)} can still be refunded`);
      return;
    }
    const createdAt = new Date(clock.now()).toISOString();
    const refund: Refund = {
      id: uuidv7(),
      ...input,
      status: refundStatusAtFirst(charge.fundingToken),
      createdAt,
    };
    const record = (one: Refund): void => {
      const known = charges.get(charge.reference) ?? charge;
      const others = known.refunds.filter(({ id }) => id !== one.id);
      charges.set(charge.reference, { ...known, refunds: [...others, one] });
      const data = { ...one, reference: charge.reference, currency: charge.currency };
      if (one.status !== 'pending') callbacks.send({ type: `refund.${one.status}`, data });
    };
    record(refund);
    if (refund.status === 'pending') callbacks.later(() => record({ ...refund, status: 'succeeded' }));
    response.status(201).json(refund);
  });
}
