import { type Express, json } from 'express';
import { v7 as uuidv7 } from 'uuid';
import { z } from 'zod';
import type { SandboxContext } from '../context.js';
import { decideCharge, flakyFailures, fundingTokens, isSameCharge } from '../domain/charge.js';
import { faultMiddleware } from '../fault-middleware.js';
import { parseBody, problem } from '../problem.js';

const chargeSchema = z.strictObject({
  reference: z.string().min(1).max(100),
  amount: z.number().int().positive().max(Number.MAX_SAFE_INTEGER),
  currency: z.string().regex(/^[A-Z]{3}$/),
  fundingToken: z.enum(fundingTokens),
});

/**
 * `POST /psp/charges`: a reference is charged once, however often it is sent. `tok_timeout` charges and leaves the
 * first answer hanging; `tok_flaky` fails twice for each reference before it charges.
 */
export function chargeRoutes(app: Express, context: SandboxContext): void {
  const { faults, charges, flakyAttempts, clock } = context;
  app.post('/psp/charges', faultMiddleware(faults, 'psp'), json(), (request, response) => {
    if (request.get('idempotency-key') === undefined) {
      problem(response, 400, 'idempotency-key-missing', 'a charge needs an Idempotency-Key header');
      return;
    }
    const input = parseBody(chargeSchema, request.body, response);
    if (!input) return;
    const earlier = charges.get(input.reference);
    if (earlier) {
      if (isSameCharge(earlier, input)) response.status(201).json(earlier);
      else problem(response, 422, 'reference-reused', 'this reference belongs to another charge');
      return;
    }
    if (input.fundingToken === 'tok_flaky') {
      const failed = flakyAttempts.get(input.reference) ?? 0;
      if (failed < flakyFailures) {
        flakyAttempts.set(input.reference, failed + 1);
        problem(response, 503, 'temporarily-unavailable', 'this token fails twice before it succeeds');
        return;
      }
      flakyAttempts.delete(input.reference);
    }
    const charge = decideCharge(input, uuidv7(), new Date(clock.now()).toISOString());
    charges.set(charge.reference, charge);
    if (input.fundingToken !== 'tok_timeout') response.status(201).json(charge);
  });

  app.get('/psp/charges', (request, response) => {
    const { reference } = request.query;
    const all = charges.all();
    response.json(typeof reference === 'string' ? all.filter((c) => c.reference === reference) : all);
  });

  app.get('/psp/charges/:reference', faultMiddleware(faults, 'psp'), (request, response) => {
    const charge = charges.get(String(request.params.reference));
    if (charge) response.json(charge);
    else problem(response, 404, 'charge-not-found', 'no charge has this reference');
  });
}
