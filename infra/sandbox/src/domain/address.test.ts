import { describe, expect, test } from '@jest/globals';
import { sameAddress } from './address.js';

describe('the filter of an inspection list', () => {
  test('given a plus that was decoded to a space, still finds the number and the mail address', () => {
    expect(sameAddress(' 15550001', '+15550001')).toBe(true);
    expect(sameAddress('a b@example.com', 'A+b@example.com')).toBe(true);
  });
  test('given another number, does not match', () => {
    expect(sameAddress('+15550002', '+15550001')).toBe(false);
  });
});
