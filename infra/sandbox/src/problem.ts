import type { Response } from 'express';
import type { z } from 'zod';

/** Answers with `application/problem+json` (RFC 9457). */
export function problem(response: Response, status: number, code: string, detail: string): void {
  response.status(status).type('application/problem+json').json({ title: code, status, code, detail });
}

/** Parses a request body; undefined, with the 400 already sent, when it is wrong. */
export function parseBody<T extends z.ZodType>(
  schema: T,
  body: unknown,
  response: Response,
): z.infer<T> | undefined {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map((issue) => `/${issue.path.join('/')}: ${issue.message}`);
  problem(response, 400, 'validation-failed', issues.join('; '));
  return undefined;
}
