import type { Express } from 'express';
import type { SandboxContext } from '../context.js';
import { settlementFile } from '../domain/settlement-file.js';
import { faultMiddleware } from '../fault-middleware.js';
import { problem } from '../problem.js';

/** `GET /psp/settlement-files/{date}`: what was settled on a day, as CSV. */
export function settlementFileRoutes(app: Express, { faults, charges, payouts }: SandboxContext): void {
  app.get('/psp/settlement-files/:date', faultMiddleware(faults, 'psp'), (request, response) => {
    const date = String(request.params.date);
    if (!/^\d{4}-\d{2}-\d{2}$/.test(date)) {
      problem(response, 400, 'validation-failed', 'a day looks like 2026-11-21');
      return;
    }
    response.type('text/csv').send(settlementFile(date, charges.all(), payouts.all()));
  });
}
