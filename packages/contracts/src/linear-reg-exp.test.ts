import { expect, test } from '@jest/globals';
import { linearRegExp } from './linear-reg-exp.js';

test('a pattern finds what it says, anywhere in the text', () => {
  const pattern = linearRegExp('[a-c]+\\d{2}$');
  expect(['xabc12', 'abc1', 'abc12 '].map(pattern.test)).toEqual([true, false, false]);
});

test('patterns are told apart by what they say', () => {
  expect(['a', 'b'].map((pattern) => String(linearRegExp(pattern)))).toEqual(['a', 'b']);
});

test('a pattern that JavaScript would try for ever is refuted at once', () => {
  expect(linearRegExp('^(a+)+$').test(`${'a'.repeat(100_000)}!`)).toBe(false);
});

test.each(['(a)\\1', '(?=a)', '('])('%s is refused', (pattern) => {
  expect(() => linearRegExp(pattern)).toThrow();
});
