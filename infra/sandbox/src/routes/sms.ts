import { type Express, json } from 'express';
import { v7 as uuidv7 } from 'uuid';
import { z } from 'zod';
import type { SandboxContext } from '../context.js';
import { sameAddress } from '../domain/address.js';
import { faultMiddleware } from '../fault-middleware.js';
import { parseBody, problem } from '../problem.js';

const messageSchema = z.strictObject({
  to: z.string().regex(/^\+[1-9]\d{6,14}$/),
  body: z.string().min(1).max(1_600),
});

/** `POST /sms/messages` sends one, once for each idempotency key; `GET /sms/messages?to=` shows what was sent. */
export function smsRoutes(app: Express, { faults, sms, clock }: SandboxContext): void {
  app.post('/sms/messages', faultMiddleware(faults, 'sms'), json(), (request, response) => {
    const key = request.get('idempotency-key') ?? uuidv7();
    const input = parseBody(messageSchema, request.body, response);
    if (!input) return;
    const earlier = sms.get(key);
    if (earlier && (earlier.to !== input.to || earlier.body !== input.body)) {
      problem(response, 422, 'idempotency-key-reused', 'this key was used for another message');
      return;
    }
    const message = earlier ?? { id: uuidv7(), ...input, sentAt: new Date(clock.now()).toISOString() };
    sms.set(key, message);
    response.status(201).json({ id: message.id, sentAt: message.sentAt });
  });

  app.get('/sms/messages', (request, response) => {
    const { to } = request.query;
    const all = sms.all();
    response.json(typeof to === 'string' ? all.filter((message) => sameAddress(to, message.to)) : all);
  });
}
