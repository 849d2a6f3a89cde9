import { describe, expect, test } from '@jest/globals';
import { outlasts, scopesBeyond, secretExpiry } from './api-key-grant.js';

describe('given a key that creates another', () => {
  test.each<[string, string[], string[], string[]]>([
    ['some of its scopes are granted', ['a', 'b'], ['a'], []],
    ['all of them are granted', ['a', 'b'], ['b', 'a'], []],
    ['one that it lacks is beyond it', ['a'], ['a', 'b'], ['b']],
    ['every scope is beyond it, even when it lists all of today', ['a', 'b'], ['*'], ['*']],
    ['a part of a scope is another scope', ['wallets:write'], ['wallets'], ['wallets']],
    ['with every scope, anything is granted', ['*'], ['*', 'b'], []],
  ])('%s', (_what, held, wanted, beyond) => {
    expect(scopesBeyond(held, wanted)).toEqual(beyond);
  });

  test.each<[string, number | null, number | null, boolean]>([
    ['without an end, anything is granted', null, null, false],
    ['with the same end, it is granted', 5, 5, false],
    ['with a later end, it is refused', 5, 6, true],
    ['with no end, it is refused', 5, null, true],
  ])('%s', (_what, held, wanted, refused) => {
    expect(outlasts(held, wanted)).toBe(refused);
  });
});

test.each<[number | null, number | null, number | null]>([
  [null, null, null],
  [5, null, 5],
  [null, 3, 3],
  [5, 3, 3],
  [3, 5, 3],
])('given a key until %p and an overlap until %p, a secret works until %p', (key, overlap, end) => {
  expect(secretExpiry(key, overlap)).toBe(end);
});
