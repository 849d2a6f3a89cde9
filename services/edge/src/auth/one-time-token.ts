import { createHash, randomBytes } from 'node:crypto';

/** A random token of 256 bits in base64url, and the hash that is stored in its place. */
export function createOneTimeToken(): { token: string; tokenHash: Buffer } {
  const token = randomBytes(32).toString('base64url');
  return { token, tokenHash: hashToken(token) };
}

/** SHA-256 without salt: the tokens are random, and they have to be found by their hash. */
export function hashToken(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
