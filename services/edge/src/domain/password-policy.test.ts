import { expect, test } from '@jest/globals';
import { findPasswordWeakness } from './password-policy.js';

const isCommon = (password: string): boolean => password === 'correcthorsebattery';
const email = 'Ada.Lovelace@example.com';

test.each([
  ['a long passphrase', 'analytical engine of 1843', undefined],
  ['twelve characters', 'abcdefgh1234', undefined],
  ['eleven characters', 'abcdefgh123', 'too-short'],
  ['twelve emoji of two UTF-16 units each', '😀😃😄😁😆😅😂🤣😊😇🙂🙃', undefined],
  ['eleven emoji', '😀😃😄😁😆😅😂🤣😊😇🙂', 'too-short'],
  ['129 characters', 'abcd'.repeat(33), 'too-long'],
  ['a breached password in other case', 'CorrectHorseBattery', 'known-breached'],
  ['three characters over and over', 'abcabcabcabcabc', 'repetitive'],
  ['the email address', 'ada.lovelace@example.com', 'is-email'],
] as const)('given %s', (_given, password, weakness) => {
  expect(findPasswordWeakness(password, email, isCommon)).toBe(weakness);
});
