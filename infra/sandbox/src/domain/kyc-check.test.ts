import { describe, expect, test } from '@jest/globals';
import { checkIdentity } from './kyc-check.js';

const today = new Date('2026-06-15T10:00:00Z');

describe('an identity check', () => {
  test('given an ordinary adult, is clear', () => {
    expect(checkIdentity({ fullName: 'Ada Lovelace', dateOfBirth: '2008-06-15' }, today).outcome).toBe(
      'clear',
    );
  });
  test('given somebody who turns 18 tomorrow, is rejected', () => {
    const result = checkIdentity({ fullName: 'Ada Lovelace', dateOfBirth: '2008-06-16' }, today);
    expect(result).toEqual({ outcome: 'rejected', reasons: ['under-age'] });
  });
  test('given a sanctioned name, is rejected', () => {
    expect(checkIdentity({ fullName: 'Eve Sanctioned' }, today).outcome).toBe('rejected');
  });
  test('given an uncertain name, asks for a review', () => {
    expect(checkIdentity({ fullName: 'Rob Review' }, today).outcome).toBe('review');
  });
});
