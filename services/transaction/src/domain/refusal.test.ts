import { expect, test } from '@jest/globals';
import { refusalStep } from './refusal.js';

test.each([
  ['insufficient-funds', 'decline'],
  ['wallet-not-active', 'decline'],
  ['deadline-exceeded', 'fail'],
] as const)('given that the ledger refuses for %s, then the transaction is to %s', (reason, step) => {
  expect(refusalStep(reason)).toBe(step);
});
