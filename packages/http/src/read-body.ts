import express, { type Request, type Response } from 'express';
import { Problem, type ProblemError } from './problem.js';
import { validationFailed } from './validation.js';

const maxBodyBytes = 1024 * 1024;
const rawBodies = new WeakMap<Request, Buffer>();
const noBytes = Buffer.alloc(0);

const parseJson = express.json({
  limit: maxBodyBytes,
  verify: (request, _response, bytes) => {
    rawBodies.set(request as Request, bytes);
  },
});

/**
 * Reads a JSON body of at most 1 MiB; `undefined` when the request has none.
 * @throws Problem 415 for another media type; the body parser's own errors for oversize or malformed JSON
 */
export async function readBody(request: Request, response: Response): Promise<unknown> {
  // `false` is "another media type", `null` is "no body at all".
  if (request.is('application/json') === false) {
    throw new Problem(415, 'unsupported-media-type', 'The body must be application/json.');
  }
  await new Promise<void>((resolve, reject) => {
    parseJson(request, response, (error?: unknown) => (error === undefined ? resolve() : reject(error)));
  });
  const bytes = rawBodies.get(request);
  if (bytes?.includes('\\u0000')) refuseNul(request.body);
  return request.body;
}

export function rawBodyOf(request: Request): Buffer {
  return rawBodies.get(request) ?? noBytes;
}

/** PostgreSQL cannot store U+0000 in text: refuse it here with a pointer instead of failing deep inside with 500. */
function refuseNul(body: unknown): void {
  const errors: ProblemError[] = [];
  const visit = (value: unknown, pointer: string): void => {
    if (typeof value === 'string' && value.includes('\u0000')) {
      errors.push({ pointer, detail: 'The character U+0000 is not allowed.' });
    } else if (typeof value === 'object' && value !== null) {
      for (const [name, inner] of Object.entries(value)) {
        visit(inner, `${pointer}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`);
        if (name.includes('\u0000')) errors.push({ pointer, detail: 'A field name holds U+0000.' });
      }
    }
  };
  visit(body, '');
  if (errors.length > 0) throw validationFailed(errors);
}
