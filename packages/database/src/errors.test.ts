import { expect, test } from '@jest/globals';
import { isDatabaseOutage } from './errors.js';

function failure(code: string): Error {
  return Object.assign(new Error('refused'), { code });
}

test.each([
  ['the server shuts down', '57P01'],
  ['its disk is full', '53100'],
  ['it has no memory left', '53200'],
  ['it has no connection left', '53300'],
  ['its disk fails', '58030'],
  ['it has become a read-only stand-by', '25006'],
  ['nobody listens', 'ECONNREFUSED'],
])('when %s, the message is not to blame', (_what, code) => {
  expect(isDatabaseOutage(failure(code))).toBe(true);
});

test.each([
  ['a unique constraint', '23505'],
  ['a statement that took too long', '57014'],
  ['a wrong statement', '42601'],
])('%s says nothing about the server', (_what, code) => {
  expect(isDatabaseOutage(failure(code))).toBe(false);
});
