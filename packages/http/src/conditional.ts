import { createHash } from 'node:crypto';

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
