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
    if (earlier && earlier.amount !== input.amount) {
      problem(response, 422, 'reference-reused', 'this reference belongs to another refund');
      return;
    }
    if (earlier && earlier.status !== 'pending') {
      response.status(201).json(earlier);
      return;
    }
    if (!earlier && input.amount > refundable(charge)) {
      problem(response, 422, 'refund-exceeds-charge', `${refundable(charge)} can still be refunded`);
      return;
    }
    const createdAt = new Date(clock.now()).toISOString();
    const refund: Refund = earlier
      ? { ...earlier, status: 'succeeded' }
      : { id: uuidv7(), ...input, status: refundStatusAtFirst(charge.fundingToken), createdAt };
    const others = charge.refunds.filter((other) => other !== earlier);
    charges.set(charge.reference, { ...charge, refunds: [...others, refund] });
    if (refund.status !== 'pending') {
      const data = { ...refund, reference: charge.reference, currency: charge.currency };
      callbacks.send({ type: `refund.${refund.status}`, data });
    }
    response.status(201).json(refund);
  });
}
