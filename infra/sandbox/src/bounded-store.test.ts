import { expect, test } from '@jest/globals';
import { BoundedStore } from './bounded-store.js';

test('given more records than its limit, the store forgets the oldest', () => {
  const store = new BoundedStore<number>(2);
  store.set('a', 1);
  store.set('b', 2);
  store.set('a', 3);
  store.set('c', 4);
  expect(store.all()).toEqual([2, 4]);
  expect(store.get('a')).toBeUndefined();
});
