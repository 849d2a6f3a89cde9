import { describe, expect, test } from '@jest/globals';
import { diff, touchesMoney } from './revision.js';

const message = {
  amount: 5,
  currency: 'USD',
  description: 'Lunch',
  sourceWalletId: 'a',
  fee: { flat: 0, basisPoints: 10 },
  entries: [{ walletId: 'a', amount: -5 }],
};

describe('the diff of two messages', () => {
  test('given equal messages, is empty', () => {
    expect(diff(message, JSON.parse(JSON.stringify(message)))).toEqual([]);
  });

  test('given changed, added and removed values, names each leaf', () => {
    const { description: _, ...rest } = message;
    const after = { ...rest, amount: 6, fee: { flat: 1, basisPoints: 10 }, 'a/b~c': { d: null } };
    expect(diff(message, after)).toEqual([
      { op: 'replace', path: '/amount', before: 5, after: 6 },
      { op: 'remove', path: '/description', before: 'Lunch' },
      { op: 'replace', path: '/fee/flat', before: 0, after: 1 },
      { op: 'add', path: '/a~1b~0c/d', after: null },
    ]);
  });

  test('given a longer list, names what is new in it', () => {
    expect(
      diff(message, { ...message, entries: [...message.entries, { walletId: 'b', amount: 5 }] }),
    ).toEqual([
      { op: 'add', path: '/entries/1/walletId', after: 'b' },
      { op: 'add', path: '/entries/1/amount', after: 5 },
    ]);
  });

  test('given a value that became a branch, or an empty branch, still shows it', () => {
    expect(diff({ a: 1 }, { a: { b: 2 } })).toEqual([
      { op: 'replace', path: '/a', before: 1, after: { b: 2 } },
      { op: 'add', path: '/a/b', after: 2 },
    ]);
    expect(diff({ a: null }, { a: [] })).toEqual([{ op: 'replace', path: '/a', before: null, after: [] }]);
    expect(diff({}, { a: {} })).toEqual([{ op: 'add', path: '/a', after: {} }]);
  });
});

describe('a change', () => {
  test.each([
    { amount: 6 },
    { currency: 'EUR' },
    { sourceWalletId: 'b' },
    { fee: { flat: 1, basisPoints: 10 } },
    { fee: null },
    { entries: [] },
    { destinationWalletId: 'c' },
    { overdraftLimit: 100 },
  ])('of %j touches money', (after) => {
    expect(touchesMoney(diff(message, { ...message, ...after }))).toBe(true);
  });

  test.each([{ description: 'Dinner' }, { template: 'declined' }, { ownerName: 'Ada' }])(
    'of %j does not',
    (after) => {
      expect(touchesMoney(diff(message, { ...message, ...after }))).toBe(false);
    },
  );
});
