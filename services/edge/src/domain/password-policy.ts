import { isPredictable } from './predictable-text.js';

export const passwordMinLength = 12;
/** A bound on the work of hashing, generous enough for passphrases. */
export const passwordMaxLength = 128;

export type PasswordWeakness = 'too-short' | 'too-long' | 'known-breached' | 'predictable' | 'personal';

/** What whoever attacks an account knows about its owner. */
export interface PasswordOwner {
  readonly email: string;
  readonly fullName: string;
}

/** Shorter words are in other words, too: Al is in "always". */
const minPersonalWordLength = 3;

/**
 * NIST SP 800-63B: length, a list of what leaked before, and what follows from it or from the owner; no rules about
 * kinds of characters.
 * @param isCommon tells whether a text in lower case is a common password, of whatever length
 */
export function findPasswordWeakness(
  password: string,
  owner: PasswordOwner,
  isCommon: (lowerCaseText: string) => boolean,
): PasswordWeakness | undefined {
  // Characters, not UTF-16 units: an emoji is one.
  const length = [...password].length;
  if (length < passwordMinLength) return 'too-short';
  if (length > passwordMaxLength) return 'too-long';
  const lower = password.toLowerCase();
  if (isCommon(lower)) return 'known-breached';
  if (isPredictable(lower, isCommon)) return 'predictable';
  if (isPersonal(lower, owner, isCommon)) return 'personal';
  return undefined;
}

/** True when at least half of the password is about its owner, or when the rest is predictable. */
function isPersonal(lower: string, owner: PasswordOwner, isCommon: (text: string) => boolean): boolean {
  const rest = personalWords(owner).reduce((text, word) => text.replaceAll(word, ''), lower);
  const personalLength = lower.length - rest.length;
  return personalLength > 0 && (personalLength >= rest.length || isPredictable(rest, isCommon));
}

/** The email, its local part, the name and the parts of both; the longest first, because it may hold the others. */
function personalWords({ email, fullName }: PasswordOwner): readonly string[] {
  const address = email.toLowerCase();
  const local = address.slice(0, address.lastIndexOf('@'));
  const name = fullName.toLowerCase();
  const parts = [...local.split(/[^\p{L}]+/u), ...name.split(/[^\p{L}]+/u)];
  return [address, local, name, ...parts]
    .filter((word) => word.length >= minPersonalWordLength)
    .sort((a, b) => b.length - a.length);
}
