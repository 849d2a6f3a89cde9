import { expect, test } from '@jest/globals';
import { bulkStatus } from './bulk.js';

test.each([
  ['pending', ['completed', 'pending', 'declined']],
  ['completed', ['completed', 'reversed']],
  ['declined', ['declined', 'failed']],
  ['partially-completed', ['completed', 'declined']],
])('a bulk is %s when its items are %p', (expected, statuses) => {
  expect(bulkStatus(statuses.map((status) => ({ status })))).toBe(expected);
});
