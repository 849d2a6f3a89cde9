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
  // A body of no bytes is none, whatever it claims to be: most clients send this length with every POST.
  if (request.headers['content-length'] === '0') return undefined;
  // `false` is "another media type", `null` is "no body at all".
  if (request.is('application/json') === false) {
    throw new Problem(415, 'unsupported-media-type', 'The body must be application/json.');
  }
  await new Promise<void>((resolve, reject) => {
    parseJson(request, response, (error?: unknown) => (error === undefined ? resolve() : reject(error)));
  });
  const bytes = rawBodies.get(request);
  if (bytes?.includes('\\u')) refuseUnstorable(request.body);
  return request.body;
}

export function rawBodyOf(request: Request): Buffer {
  return rawBodies.get(request) ?? noBytes;
}

/**
 * PostgreSQL can store neither U+0000 in text nor half a surrogate pair in jsonb: refuse them here with a pointer instead
 * of failing deep inside with 500. Only escapes can bring them into valid JSON.
 */
function refuseUnstorable(body: unknown): void {
  const errors: ProblemError[] = [];
  const visit = (value: unknown, pointer: string): void => {
    if (typeof value === 'string') {
      const flaw = flawOf(value);
      if (flaw) errors.push({ pointer, detail: `${flaw} is not allowed.` });
    } else if (typeof value === 'object' && value !== null) {
      for (const [name, inner] of Object.entries(value)) {
        visit(inner, `${pointer}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`);
        const flaw = flawOf(name);
        if (flaw) errors.push({ pointer, detail: `${flaw} is not allowed in the name of a field.` });
      }
    }
  };
  visit(body, '');
  if (errors.length > 0) throw validationFailed(errors);
}

function flawOf(text: string): string | undefined {
  if (text.includes('\u0000')) return 'The character U+0000';
  return /\p{Surrogate}/u.test(text) ? 'Half a surrogate pair' : undefined;
}
