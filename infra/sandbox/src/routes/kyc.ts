import { type Express, json } from 'express';
import { v7 as uuidv7 } from 'uuid';
import { z } from 'zod';
import type { SandboxContext } from '../context.js';
import { checkIdentity } from '../domain/kyc-check.js';
import { faultMiddleware } from '../fault-middleware.js';
import { parseBody } from '../problem.js';

const subjectSchema = z.object({
  reference: z.string().min(1).max(100),
  fullName: z.string().min(1).max(200),
  dateOfBirth: z.iso.date().optional(),
});

/** `POST /kyc/checks` */
export function kycRoutes(app: Express, { faults, clock }: SandboxContext): void {
  app.post('/kyc/checks', faultMiddleware(faults, 'kyc'), json(), (request, response) => {
    const subject = parseBody(subjectSchema, request.body, response);
    if (!subject) return;
    const result = checkIdentity(subject, new Date(clock.now()));
    response.status(201).json({ id: uuidv7(), reference: subject.reference, ...result });
  });
}
