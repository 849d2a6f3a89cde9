export const passwordMinLength = 12;
/** A bound on the work of hashing, generous enough for passphrases. */
export const passwordMaxLength = 128;

export type PasswordWeakness = 'too-short' | 'too-long' | 'known-breached' | 'repetitive' | 'is-email';

/**
 * NIST SP 800-63B: length and a list of what leaked before, no rules about kinds of characters.
 * @param isCommon tells whether a password in lower case is on the list
 */
export function findPasswordWeakness(
  password: string,
  email: string,
  isCommon: (lowerCasePassword: string) => boolean,
): PasswordWeakness | undefined {
  // Characters, not UTF-16 units: an emoji is one.
  const length = [...password].length;
  if (length < passwordMinLength) return 'too-short';
  if (length > passwordMaxLength) return 'too-long';
  const lower = password.toLowerCase();
  if (isCommon(lower)) return 'known-breached';
  if (new Set(lower).size < 4) return 'repetitive';
  if (lower === email.toLowerCase()) return 'is-email';
  return undefined;
}
