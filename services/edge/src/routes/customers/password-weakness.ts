import { type PasswordWeakness, passwordMaxLength, passwordMinLength } from '../../domain/password-policy.js';

/** What whoever chooses a password is told about it. */
export const weaknessTexts: Readonly<Record<PasswordWeakness, string>> = {
  'too-short': `must have at least ${passwordMinLength} characters`,
  'too-long': `must have at most ${passwordMaxLength} characters`,
  'known-breached': 'is known from a data breach; choose another one',
  predictable: 'is easy to guess from a common password, a repetition or a sequence; choose another one',
  personal: 'is easy to guess from the name or the email address; choose another one',
};
