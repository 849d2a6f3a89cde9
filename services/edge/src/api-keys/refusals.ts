import { type ApiKeyCaller, Problem, validationFailed } from '@florin/http';
import type { LockedApiKey } from '../db/lock-api-keys.js';
import { type KeyPower, outlasts, scopesBeyond, secretExpiry } from '../domain/api-key-grant.js';

/** The key that calls, as it is now and not as it was remembered. */
export interface Grantor extends KeyPower {
  readonly keyId: string;
}

/**
 * What the calling key may hand on. It has been locked: a key that is being revoked creates nothing in its last moments.
 * @throws Problem 401 when it has been revoked or has expired since it was let in
 */
export function grantorOf(
  caller: ApiKeyCaller,
  stored: ReadonlyMap<string, LockedApiKey>,
  now: number,
): Grantor {
  const key = stored.get(caller.keyId);
  const expiresAt = key && expiryOf(key, caller.secretHash);
  if (!key || key.revokedAt !== null || expiresAt === undefined || (expiresAt !== null && expiresAt <= now)) {
    throw new Problem(401, 'unauthenticated', 'The token is not valid, or not valid any more.', {
      headers: { 'WWW-Authenticate': 'Bearer' },
    });
  }
  return { keyId: key.id, scopes: key.scopes, expiresAt };
}

/** @throws Problem 403 when a key would hand on what it lacks */
export function refuseExcessiveGrant(grantor: Grantor, wanted: KeyPower): void {
  refuseForeignScopes(grantor, wanted.scopes);
  if (outlasts(grantor.expiresAt, wanted.expiresAt)) {
    throw new Problem(403, 'expiry-not-held', 'A key cannot give out a key that lasts longer than itself.');
  }
}

/** @throws Problem 403 when a key would manage one that may do more */
export function refuseForeignScopes(grantor: Grantor, scopes: readonly string[]): void {
  const beyond = scopesBeyond(grantor.scopes, scopes);
  if (beyond.length === 0) return;
  throw new Problem(403, 'scope-not-held', `The API key lacks ${beyond.join(', ')} itself.`);
}

/** @throws Problem 400 for a time that has passed */
export function refusePast(expiresAt: number | null, now: number): void {
  if (expiresAt === null || expiresAt > now) return;
  throw validationFailed([{ pointer: '/expiresAt', detail: 'Must be in the future.' }]);
}

/** Undefined for a secret that is not one of the key's any more. That of an overlap has only that time left to give out. */
function expiryOf(key: LockedApiKey, secretHash: Buffer | undefined): number | null | undefined {
  if (secretHash?.equals(key.keyHash)) return key.expiresAt;
  if (!key.previousKeyHash || !secretHash?.equals(key.previousKeyHash)) return undefined;
  return secretExpiry(key.expiresAt, key.previousExpiresAt);
}
