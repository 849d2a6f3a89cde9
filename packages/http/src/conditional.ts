import { createHash } from 'node:crypto';
import { Problem } from './problem.js';

/** A strong validator (RFC 9110, 8.8.3): the same bytes, the same tag. */
export function entityTag(text: string | Buffer): string {
  return `"${createHash('sha1').update(text).digest('base64url')}"`;
}

/** True when `If-None-Match` names the tag, so that the client has what it would get. The comparison is weak (13.1.2). */
export function isKnown(ifNoneMatch: string | undefined, tag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  if (ifNoneMatch.trim() === '*') return true;
  return ifNoneMatch.split(',').some((candidate) => candidate.trim().replace(/^W\//, '') === tag);
}

/** The tag of a resource whose version grows with everything that its representation shows. */
export function versionTag(version: number | bigint): string {
  return `"v${version}"`;
}

/**
 * Compares `If-Match` with the version that is about to be changed; ask in the transaction that changes it. The comparison
 * is strong (RFC 9110, 13.1.1).
 * @throws Problem 412 `precondition-failed`
 */
export function requireVersion(ifMatch: string | undefined, version: number | bigint): void {
  if (ifMatch === undefined || ifMatch.trim() === '*') return;
  const tag = versionTag(version);
  if (ifMatch.split(',').some((candidate) => candidate.trim() === tag)) return;
  throw new Problem(412, 'precondition-failed', 'Somebody has changed it since; get it again.');
}
