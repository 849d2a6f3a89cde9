import { type PasswordWeakness, passwordMaxLength, passwordMinLength } from '../../domain/password-policy.js';

/** What whoever chooses a password is told about it. */
export const weaknessTexts: Readonly<Record<PasswordWeakness, string>> = {
  'too-short': `Must have at least ${passwordMinLength} characters.`,
  'too-long': `Must have at most ${passwordMaxLength} characters.`,
  'known-breached': 'Is known from a data breach; choose another one.',
  predictable: 'Is easy to guess from a common password, a repetition or a sequence; choose another one.',
  personal: 'Is easy to guess from the name or the email address; choose another one.',
};
