import { hkdfSync } from 'node:crypto';
import { parseSealKey } from '@florin/sealed-secrets';

/** A key of its own for the hashes of requests, so that they reveal nothing about sealed secrets or the other way. */
export function requestHashKey(sealKey: string): Buffer {
  return Buffer.from(hkdfSync('sha256', parseSealKey(sealKey), '', 'florin idempotency request hash', 32));
}
