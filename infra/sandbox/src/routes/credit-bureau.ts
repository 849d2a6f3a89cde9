import { type Express, json } from 'express';
import { v7 as uuidv7 } from 'uuid';
import { z } from 'zod';
import type { SandboxContext } from '../context.js';
import { reportFor } from '../domain/credit-report.js';
import { faultMiddleware } from '../fault-middleware.js';
import { parseBody } from '../problem.js';

const subjectSchema = z.object({
  reference: z.string().min(1).max(100),
  nationalId: z.string().min(1).max(50),
});

/** `POST /credit-bureau/reports` */
export function creditBureauRoutes(app: Express, { faults }: SandboxContext): void {
  app.post(
    '/credit-bureau/reports',
    faultMiddleware(faults, 'credit-bureau'),
    json(),
    (request, response) => {
      const subject = parseBody(subjectSchema, request.body, response);
      if (!subject) return;
      response
        .status(201)
        .json({ id: uuidv7(), reference: subject.reference, ...reportFor(subject.nationalId) });
    },
  );
}
