import { type Express, json } from 'express';
import { callbackSettingsSchema } from '../callbacks.js';
import type { SandboxContext } from '../context.js';
import { parseBody } from '../problem.js';

/** `PUT /psp/callbacks`: whether and how often the PSP tells of payments, and how long pending ones take. */
export function callbackRoutes(app: Express, { callbacks }: SandboxContext): void {
  app.put('/psp/callbacks', json(), (request, response) => {
    const changes = parseBody(callbackSettingsSchema, request.body, response);
    if (changes) response.json(callbacks.configure(changes));
  });
}
