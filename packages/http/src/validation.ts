import type { IncomingHttpHeaders } from 'node:http';
import type { z } from 'zod';
import { describeIssue } from './describe-issue.js';
import { Problem, type ProblemError } from './problem.js';

/** Part of the request that a schema describes; the body is the root of the pointers. */
export type RequestPart = 'body' | 'query' | 'params' | 'headers';

/**
 * @throws Problem `validation-failed` (400) with a JSON Pointer for each violated rule
 */
export function validate<T extends z.ZodType>(schema: T, value: unknown, part: RequestPart): z.infer<T> {
  const parsed = schema.safeParse(value, { error: describeIssue });
  if (parsed.success) return parsed.data;
  throw validationFailed(parsed.error.issues.flatMap((issue) => problemErrors(issue, part)));
}

/**
 * Checks the headers that a schema names, however they are written; others are nobody's business.
 * @throws Problem `validation-failed`
 */
export function validateHeaders(schema: z.ZodObject, headers: IncomingHttpHeaders): void {
  const named = Object.keys(schema.shape).map((name) => [name, headers[name.toLowerCase()]]);
  validate(schema, Object.fromEntries(named), 'headers');
}

export function validationFailed(errors: readonly ProblemError[]): Problem {
  return new Problem(400, 'validation-failed', 'The request does not fit its description.', { errors });
}

function problemErrors(issue: z.core.$ZodIssue, part: RequestPart): ProblemError[] {
  // Zod reports unknown fields at their parent; a client wants to be pointed at the field itself.
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      pointer: pointerTo([...issue.path, key], part),
      detail: 'This field is not known.',
    }));
  }
  return [{ pointer: pointerTo(issue.path, part), detail: issue.message }];
}

function pointerTo(path: readonly PropertyKey[], part: RequestPart): string {
  const steps = part === 'body' ? path : [part, ...path];
  return steps.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}
