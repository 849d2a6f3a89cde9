import { Problem } from '@florin/http';
import type { OtpVerdict } from '../../domain/otp.js';

/** What an answer to a challenge that is not accepted is told. */
export function otpRefusal(verdict: Exclude<OtpVerdict, 'accepted'>): Problem {
  switch (verdict) {
    case 'wrong':
      return new Problem(401, 'otp-invalid', 'The code is wrong.');
    case 'expired':
      return new Problem(410, 'otp-expired', 'The code has expired or was used; ask for another one.');
    case 'too-many-attempts':
      return new Problem(410, 'otp-attempts-exceeded', 'Too many wrong codes; ask for another one.');
  }
}
