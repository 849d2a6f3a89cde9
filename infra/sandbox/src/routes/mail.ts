import type { Express } from 'express';
import type { SandboxContext } from '../context.js';
import { sameAddress } from '../domain/address.js';

/** `GET /mail/messages?to=`: what the SMTP sink received. */
export function mailRoutes(app: Express, { mail }: SandboxContext): void {
  app.get('/mail/messages', (request, response) => {
    const { to } = request.query;
    const all = mail.all();
    response.json(typeof to === 'string' ? all.filter((message) => sameAddress(to, message.to)) : all);
  });
}
