import { type Express, json } from 'express';
import { v7 as uuidv7 } from 'uuid';
import { z } from 'zod';
import type { SandboxContext } from '../context.js';
import { cancelledPayment } from '../domain/payment.js';
import { faultMiddleware } from '../fault-middleware.js';
import { parseBody } from '../problem.js';

const termsSchema = z.strictObject({
  amount: z.number().int().positive().max(Number.MAX_SAFE_INTEGER),
  currency: z.string().regex(/^[A-Z]{3}$/),
});

/**
 * `POST /psp/{charges|payouts}/{reference}/cancellations`: a payment that has not arrived is never made; one that has
 * arrived stays as it is. Either way the payment is the answer.
 */
export function cancellationRoutes(app: Express, context: SandboxContext): void {
  const { charges, payouts, clock, faults } = context;
  const fault = faultMiddleware(faults, 'psp');
  const now = () => new Date(clock.now()).toISOString();
  app.post('/psp/charges/:reference/cancellations', fault, json(), (request, response) => {
    const reference = String(request.params.reference);
    const terms = parseBody(termsSchema, request.body, response);
    if (!terms) return;
    const charge = charges.get(reference) ?? {
      ...cancelledPayment({ ...terms, reference }, uuidv7(), now()),
      refunds: [],
    };
    charges.set(reference, charge);
    response.status(201).json(charge);
  });
  app.post('/psp/payouts/:reference/cancellations', fault, json(), (request, response) => {
    const reference = String(request.params.reference);
    const terms = parseBody(termsSchema, request.body, response);
    if (!terms) return;
    const payout = payouts.get(reference) ?? cancelledPayment({ ...terms, reference }, uuidv7(), now());
    payouts.set(reference, payout);
    response.status(201).json(payout);
  });
}
