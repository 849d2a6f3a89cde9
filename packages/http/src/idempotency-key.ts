import type { Request } from 'express';
import { validationFailed } from './validation.js';

const maxKeyChars = 255;

/**
 * The Idempotency-Key of a request; undefined when it has none. An empty one counts as none: to a call that needs a key it
 * is missing.
 * @throws Problem 400 `validation-failed` when it is too long, holds other characters than visible ASCII, or comes twice
 */
export function idempotencyKeyOf(request: Request): string | undefined {
  const header = request.headers['idempotency-key'];
  if (header === undefined) return undefined;
  const key = String(header).trim();
  if (key === '') return undefined;
  if (key.length > maxKeyChars) throw malformed(`At most ${maxKeyChars} characters.`);
  // Node reads the bytes of a header as Latin-1, so that what a client meant by others is anybody's guess.
  if (!/^[\x20-\x7e]+$/.test(key)) throw malformed('Only visible ASCII characters.');
  // Node joins headers that come twice, and two keys are no key. Their values are compared only where a comma shows up.
  if (key.includes(',') && (request.headersDistinct['idempotency-key']?.length ?? 0) > 1) {
    throw malformed('Only one key.');
  }
  return key;
}

function malformed(detail: string) {
  return validationFailed([{ pointer: '/headers/Idempotency-Key', detail }]);
}
