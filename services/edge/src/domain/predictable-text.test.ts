import { describe, expect, test } from '@jest/globals';
import { isPredictable, isRepetitive, isSequence } from './predictable-text.js';

describe('repetition', () => {
  test.each([
    ['one character', 'aaaaaaaaaaaa', true],
    ['three characters in any order', 'abacbcabcbac', true],
    ['a block', 'wxyzwxyzwxyz', true],
    ['a block that is cut off', 'wxyzwxyzwxyzw', true],
    ['a long block twice', 'x7gq2pmx7gq2pm', true],
    ['a block that comes back once, but not at once', 'wxyz-1-wxyz-2', false],
    ['no block', 'x7gq2pmk4dvt', false],
  ])('given %s', (_given, text, repetitive) => {
    expect(isRepetitive(text)).toBe(repetitive);
  });
});

describe('sequence', () => {
  test.each([
    ['the alphabet', 'abcdefghijkl', true],
    ['the alphabet past its end', 'uvwxyzabcdef', true],
    ['the alphabet backwards', 'lkjihgfedcba', true],
    ['digits round and round', '890123456789', true],
    ['several runs', 'abcdef654321', true],
    ['a row of keys', 'qwertyuiop', true],
    ['rows of keys', 'qwertyasdfgh', true],
    ['a row of a German keyboard backwards', 'poiuztrewq', true],
    ['columns of keys', '1qaz2wsx3edc', true],
    ['a run and something else', 'abcdef7gq2pm', false],
    ['runs of two', 'ab12cd34ef56', false],
    ['characters that are no keys', '日本語日本語', false],
  ])('given %s', (_given, text, sequence) => {
    expect(isSequence(text)).toBe(sequence);
  });
});

describe('predictable', () => {
  const isCommon = (text: string) => ['password', 'love', 'x7gq2pm'].includes(text);

  test.each([
    ['a common one', 'password', true],
    ['a common one with padding', 'password1234!', true],
    ['a common one with padding as long as itself', 'password84712093', true],
    ['a short common one with a sequence', 'love12345678', true],
    ['a short common one with one sign over and over', 'love!!!!!!!!', true],
    ['a sequence with padding', 'qwertyuiop12', true],
    ['a repetition with padding', 'xyzqxyzqxyzq!1', true],
    ['a common one that ends in a letter', 'x7gq2pm-2024', true],
    ['a common one with more random digits than letters', 'love84712093', false],
    ['a common one among others', 'password of a turtle', false],
    ['digits at random', '839201745592', false],
    ['a common one between padding', '!!password!!', true],
    ['a common one behind a sequence that is longer', '123456789love', true],
    ['nothing', '', true],
  ])('given %s', (_given, text, predictable) => {
    expect(isPredictable(text, isCommon)).toBe(predictable);
  });
});
