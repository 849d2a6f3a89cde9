import { createHmac, timingSafeEqual } from 'node:crypto';

/** As Standard Webhooks 1.0 names the headers; undefined when missing. */
export interface SignedCallback {
  readonly id: string | undefined;
  /** Seconds since the Unix epoch. */
  readonly timestamp: string | undefined;
  /** One or more signatures with their versions, separated by spaces: while a secret is changed there are two. */
  readonly signature: string | undefined;
  readonly body: Buffer;
}

/** Clocks may differ by this much, and what was signed earlier or later is refused, however good its signature. */
export const toleranceMs = 5 * 60 * 1_000;

export type CallbackVerdict = 'genuine' | 'signature-missing' | 'signature-wrong' | 'timestamp-out-of-range';

/** Judges a callback by its signature: HMAC-SHA256 over id, timestamp and body, as they came. */
export function judgeCallback(callback: SignedCallback, secret: string, now: number): CallbackVerdict {
  const { id, timestamp, signature, body } = callback;
  if (!id || !timestamp || !signature) return 'signature-missing';
  const expected = createHmac('sha256', secret).update(`${id}.${timestamp}.`).update(body).digest();
  const isGenuine = signature.split(' ').some((one) => isSame(one, expected));
  if (!isGenuine) return 'signature-wrong';
  const signedAt = Number(timestamp) * 1_000;
  return Math.abs(now - signedAt) <= toleranceMs ? 'genuine' : 'timestamp-out-of-range';
}

function isSame(signature: string, expected: Buffer): boolean {
  if (!signature.startsWith('v1,')) return false;
  const given = Buffer.from(signature.slice('v1,'.length), 'base64');
  return given.length === expected.length && timingSafeEqual(given, expected);
}
