import { expect, test } from '@jest/globals';
import { decideRefresh, refreshTokenExpiry, refreshTokenTtlMs } from './refresh-rotation.js';

const maxAgeMs = 4_000;
const fresh = { expiresAt: 1_000, usedAt: undefined, sessionRevokedAt: undefined, sessionCreatedAt: 0 };

test.each([
  ['a fresh token', fresh, 999, 'rotate'],
  ['a token at the instant of expiry', fresh, 1_000, 'refuse'],
  ['a used token', { ...fresh, usedAt: 10 }, 11, 'revoke-family'],
  ['a used token that has expired since', { ...fresh, usedAt: 10 }, 5_000, 'revoke-family'],
  ['a fresh token of a revoked session', { ...fresh, sessionRevokedAt: 10 }, 11, 'refuse'],
  ['a fresh token of a session at its end', { ...fresh, expiresAt: 9_000 }, 4_000, 'refuse'],
  ['a fresh token of a session just before', { ...fresh, expiresAt: 9_000 }, 3_999, 'rotate'],
  ['a used token of a revoked session', { ...fresh, usedAt: 5, sessionRevokedAt: 10 }, 11, 'refuse'],
] as const)('given %s', (_given, token, now, decision) => {
  expect(decideRefresh(token, now, maxAgeMs)).toBe(decision);
});

test('a refresh token lasts for its own time, and never longer than its session', () => {
  const day = 24 * 3_600_000;
  expect(refreshTokenExpiry(0, 0, 90 * day)).toBe(refreshTokenTtlMs);
  expect(refreshTokenExpiry(80 * day, 0, 90 * day)).toBe(90 * day);
  expect(refreshTokenExpiry(0, 0, day)).toBe(day);
});
