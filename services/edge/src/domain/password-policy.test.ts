import { describe, expect, test } from '@jest/globals';
import { findPasswordWeakness } from './password-policy.js';

const isCommon = (text: string): boolean => ['correcthorsebattery', 'password'].includes(text);
const ada = { email: 'Ada.Lovelace1815@example.com', fullName: 'Augusta Ada King' };

describe('a password', () => {
  test.each([
    ['a long passphrase', 'analytical engine of 1843', undefined],
    ['twelve characters', 'k7vq2mzx4tbd', undefined],
    ['eleven characters', 'k7vq2mzx4tb', 'too-short'],
    ['twelve emoji of two UTF-16 units each', '😀😃😄😁😆😅😂🤣😊😇🙂🙃', undefined],
    ['eleven emoji', '😀😃😄😁😆😅😂🤣😊😇🙂', 'too-short'],
    ['129 characters', 'abcd'.repeat(33), 'too-long'],
    ['a breached password in other case', 'CorrectHorseBattery', 'known-breached'],
    ['a breached password with padding', 'Password1234!', 'predictable'],
    ['three characters over and over', 'abcabcabcabcabc', 'predictable'],
    ['the alphabet', 'ABCDEFGHIJKL', 'predictable'],
    ['the email address', 'ada.lovelace1815@example.com', 'personal'],
    ['the local part of the email address', 'Ada.Lovelace1815', 'personal'],
    ['parts of the local part', 'lovelace-2024', 'personal'],
    ['the name', 'augusta ada king', 'personal'],
    ['parts of the name in other order', 'KingAugusta!1', 'personal'],
    ['a part of the name with a sequence', 'augusta123456789', 'personal'],
    ['a passphrase that mentions the owner', 'ada wrote about looms', undefined],
  ] as const)('given %s', (_given, password, weakness) => {
    expect(findPasswordWeakness(password, ada, isCommon)).toBe(weakness);
  });

  test('given an owner whose name and email say nothing, is judged by itself', () => {
    const owner = { email: 'x@example.com', fullName: 'Al' };
    expect(findPasswordWeakness('always look twice', owner, isCommon)).toBeUndefined();
    expect(findPasswordWeakness('password2024', owner, isCommon)).toBe('predictable');
  });
});
