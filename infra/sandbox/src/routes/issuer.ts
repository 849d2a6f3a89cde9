import { randomBytes, randomInt } from 'node:crypto';
import { type Express, json } from 'express';
import { z } from 'zod';
import type { IssuedCard, SandboxContext } from '../context.js';
import { cardNumber, cardNumberRandomDigits } from '../domain/card-number.js';
import { faultMiddleware } from '../fault-middleware.js';
import { parseBody, problem } from '../problem.js';

const validYears = 4;
const orderSchema = z.strictObject({ reference: z.string().min(1).max(100) });

/**
 * `POST /issuer/cards`: issues one card for each reference. The number is printed on the card and given to nobody: the
 * client gets a token for it, its last four digits and the month at whose end it expires (UTC).
 */
export function issuerRoutes(app: Express, context: SandboxContext): void {
  const { faults, issuedCards, clock } = context;
  app.post('/issuer/cards', faultMiddleware(faults, 'issuer'), json(), (request, response) => {
    if (request.get('idempotency-key') === undefined) {
      problem(response, 400, 'idempotency-key-missing', 'a card needs an Idempotency-Key header');
      return;
    }
    const order = parseBody(orderSchema, request.body, response);
    if (!order) return;
    const card = issuedCards.get(order.reference) ?? issueCard(order.reference, clock.now());
    issuedCards.set(order.reference, card);
    response.status(201).json(card);
  });

  app.get('/issuer/cards', (_request, response) => {
    response.json(issuedCards.all());
  });
}

/** The full number lives in this call only; the token is random and tells nothing about it. */
function issueCard(reference: string, now: number): IssuedCard {
  const random = String(randomInt(10 ** cardNumberRandomDigits)).padStart(cardNumberRandomDigits, '0');
  const issued = new Date(now);
  return {
    reference,
    token: `crd_${randomBytes(24).toString('base64url')}`,
    last4: cardNumber(random).slice(-4),
    expiryMonth: issued.getUTCMonth() + 1,
    expiryYear: issued.getUTCFullYear() + validYears,
  };
}
