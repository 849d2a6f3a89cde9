import { expect, test } from '@jest/globals';
import { validate, version } from 'uuid';
import { occurrenceTransactionId } from './occurrence-id.js';

const schedule = '01a1fc54-526c-75de-8e39-8754441f9757';

test('the transaction of an occurrence is always the same, and that of another one another', () => {
  const id = occurrenceTransactionId(schedule, 1_790_000_000_000);
  expect(validate(id) && version(id) === 7).toBe(true);
  expect(occurrenceTransactionId(schedule, 1_790_000_000_000)).toBe(id);
  expect(occurrenceTransactionId(schedule, 1_790_000_060_000)).not.toBe(id);
  expect(occurrenceTransactionId(schedule.replace('01a1', '01a2'), 1_790_000_000_000)).not.toBe(id);
});
