import { expect, test } from '@jest/globals';
import { newestBy } from './newest-by.js';

test('given several versions of a key, the highest stays; on a tie the later one', () => {
  const items = [
    { key: 'a', version: 2, at: 1 },
    { key: 'b', version: 1, at: 2 },
    { key: 'a', version: 1, at: 3 },
    { key: 'b', version: 1, at: 4 },
  ];
  const newest = newestBy(
    items,
    (item) => item.key,
    (item) => item.version,
  );
  expect(newest.map((item) => item.at)).toEqual([1, 4]);
});
