import { type Express, text } from 'express';
import type { SandboxContext } from '../context.js';
import { settlementFile } from '../domain/settlement-file.js';
import { faultMiddleware } from '../fault-middleware.js';
import { problem } from '../problem.js';

const maxFileBytes = 32 * 1024 * 1024;

/**
 * `GET /psp/settlement-files/{date}`: what was settled on a day, as CSV, or what was put there instead. An empty body put
 * there takes the file away.
 */
export function settlementFileRoutes(app: Express, context: SandboxContext): void {
  const { faults, charges, payouts, settlementFiles } = context;
  const path = '/psp/settlement-files/:date';
  app.get(path, faultMiddleware(faults, 'settlement-files'), (request, response) => {
    const date = String(request.params.date);
    if (!/^\d{4}-\d{2}-\d{2}$/.test(date)) {
      problem(response, 400, 'validation-failed', 'a day looks like 2026-11-21');
      return;
    }
    const content = settlementFiles.get(date) ?? settlementFile(date, charges.all(), payouts.all());
    if (content === '') problem(response, 404, 'settlement-file-not-found', 'there is no file of this day');
    else response.type('text/csv').send(content);
  });
  app.put(path, text({ type: () => true, limit: maxFileBytes }), (request, response) => {
    settlementFiles.set(String(request.params.date), typeof request.body === 'string' ? request.body : '');
    response.status(204).end();
  });
}
