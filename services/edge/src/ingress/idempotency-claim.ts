import { createHmac } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { actorOf, type Caller, Problem, validationFailed } from '@florin/http';
import type { IdempotencyClaim } from './submission.js';

const maxKeyChars = 255;

export interface ClaimedRequest {
  readonly caller: Caller;
  readonly headers: IncomingHttpHeaders;
  readonly params: unknown;
  readonly body: unknown;
}

/**
 * Reads the Idempotency-Key of a request; undefined when there is none and none is needed.
 *
 * The request is remembered as a keyed hash: bodies can hold one-time funding tokens, and a plain hash of so few
 * unknown bits could be reversed by whoever reads the table.
 * @throws Problem 400 `idempotency-key-missing`, or `validation-failed` when the key is too long
 */
export function idempotencyClaim(
  request: ClaimedRequest,
  options: { readonly route: string; readonly required: boolean; readonly hashKey: Buffer },
): IdempotencyClaim | undefined {
  const header = request.headers['idempotency-key'];
  const key = (Array.isArray(header) ? header[0] : header)?.trim() ?? '';
  if (key === '') {
    if (!options.required) return undefined;
    throw new Problem(400, 'idempotency-key-missing', 'This call needs the header Idempotency-Key.');
  }
  if (key.length > maxKeyChars) {
    throw validationFailed([
      { pointer: '/headers/Idempotency-Key', detail: `At most ${maxKeyChars} characters.` },
    ]);
  }
  const requestHash = createHmac('sha256', options.hashKey)
    .update(JSON.stringify([request.params ?? null, request.body ?? null]))
    .digest();
  return { caller: actorOf(request.caller), route: options.route, key, requestHash };
}
