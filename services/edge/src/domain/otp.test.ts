import { expect, test } from '@jest/globals';
import { judgeOtp, otpMaxAttempts } from './otp.js';

const challenge = { customerId: 'c1', codeHash: 'h', expiresAt: 1_000 };

test.each([
  ['the right code at the first attempt', 1, true, 999, 'accepted'],
  ['the right code at the last attempt', otpMaxAttempts, true, 999, 'accepted'],
  ['a wrong code', 1, false, 999, 'wrong'],
  ['the right code one attempt too late', otpMaxAttempts + 1, true, 999, 'too-many-attempts'],
  ['a wrong code one attempt too late', otpMaxAttempts + 1, false, 999, 'too-many-attempts'],
  ['the right code at the instant of expiry', 1, true, 1_000, 'expired'],
] as const)('given %s', (_given, attempt, codeMatches, now, verdict) => {
  expect(judgeOtp(challenge, attempt, codeMatches, now)).toBe(verdict);
});
