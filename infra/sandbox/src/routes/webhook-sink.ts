import { type Express, text } from 'express';
import type { SandboxContext } from '../context.js';
import { faultMiddleware } from '../fault-middleware.js';

/** Deliveries kept for each sink. */
const maxDeliveries = 1_000;

/** `POST /webhook-sink/{name}` receives anything; `GET /webhook-sink/{name}` shows it, oldest first. */
export function webhookSinkRoutes(app: Express, { faults, webhooks, clock }: SandboxContext): void {
  const body = text({ type: () => true, limit: '1mb' });
  app.post('/webhook-sink/:name', faultMiddleware(faults, 'webhook'), body, (request, response) => {
    const name = String(request.params.name);
    const received = {
      headers: request.headers,
      body: typeof request.body === 'string' ? request.body : '',
      receivedAt: new Date(clock.now()).toISOString(),
    };
    webhooks.set(name, [...(webhooks.get(name) ?? []), received].slice(-maxDeliveries));
    response.status(204).end();
  });
  app.get('/webhook-sink/:name', (request, response) => {
    response.json(webhooks.get(String(request.params.name)) ?? []);
  });
}
