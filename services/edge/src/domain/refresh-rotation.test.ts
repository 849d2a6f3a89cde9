import { expect, test } from '@jest/globals';
import { decideRefresh } from './refresh-rotation.js';

const fresh = { expiresAt: 1_000, usedAt: undefined, sessionRevokedAt: undefined };

test.each([
  ['a fresh token', fresh, 999, 'rotate'],
  ['a token at the instant of expiry', fresh, 1_000, 'refuse'],
  ['a used token', { ...fresh, usedAt: 10 }, 11, 'revoke-family'],
  ['a used token that has expired since', { ...fresh, usedAt: 10 }, 5_000, 'revoke-family'],
  ['a fresh token of a revoked session', { ...fresh, sessionRevokedAt: 10 }, 11, 'refuse'],
  ['a used token of a revoked session', { ...fresh, usedAt: 5, sessionRevokedAt: 10 }, 11, 'refuse'],
] as const)('given %s', (_given, token, now, decision) => {
  expect(decideRefresh(token, now)).toBe(decision);
});
