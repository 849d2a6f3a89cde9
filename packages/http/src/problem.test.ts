import { expect, test } from '@jest/globals';
import { Problem } from './problem.js';

test.each([
  ['insufficient-funds', 'Insufficient funds'],
  ['otp-expired', 'One-time code expired'],
  ['malformed-json', 'Malformed JSON'],
  ['api-key-expired', 'API key expired'],
  ['unknown-iso-code', 'Unknown ISO code'],
])('the title of %s is %s', (code, title) => {
  expect(new Problem(400, code, 'It is so.').title).toBe(title);
});
