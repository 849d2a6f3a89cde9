import { createHmac } from 'node:crypto';
import { actorOf, type Caller, Problem } from '@florin/http';
import type { IdempotencyClaim } from './submission.js';

export interface ClaimedRequest {
  readonly caller: Caller;
  readonly idempotencyKey: string | undefined;
  readonly params: unknown;
  readonly body: unknown;
}

/**
 * What a request claims by its Idempotency-Key; undefined when there is none and none is needed.
 * @throws Problem 400 `idempotency-key-missing`
 */
export function idempotencyClaim(
  request: ClaimedRequest,
  options: { readonly route: string; readonly required: boolean; readonly hashKey: Buffer },
): IdempotencyClaim | undefined {
  const { idempotencyKey: key } = request;
  if (key === undefined) {
    if (!options.required) return undefined;
    throw new Problem(400, 'idempotency-key-missing', 'This call needs the header Idempotency-Key.');
  }
  const requestHash = hashRequest(request, options.hashKey);
  return { caller: actorOf(request.caller), route: options.route, key, requestHash };
}

/**
 * The request is remembered as a keyed hash: bodies can hold passwords and one-time tokens, and a plain hash of so few
 * unknown bits could be reversed by whoever reads the table.
 */
export function hashRequest(request: { params: unknown; body: unknown }, hashKey: Buffer): Buffer {
  return createHmac('sha256', hashKey)
    .update(JSON.stringify([request.params ?? null, request.body ?? null]))
    .digest();
}
