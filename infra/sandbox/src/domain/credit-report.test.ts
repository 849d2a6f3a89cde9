import { describe, expect, test } from '@jest/globals';
import { reportFor } from './credit-report.js';

describe('a credit report', () => {
  test.each([
    ['AA-100-780', 780],
    ['640', 640],
    ['X999', 850],
    ['X001', 300],
  ])('given %s, scores %i', (nationalId, creditScore) => {
    expect(reportFor(nationalId).creditScore).toBe(creditScore);
  });
  test('given a poor score, lists open defaults', () => {
    expect(reportFor('X400').openDefaults).toBe(2);
    expect(reportFor('X500').openDefaults).toBe(0);
  });
  test('given an id without digits, is still the same each time and within bounds', () => {
    const report = reportFor('ABCDEF');
    expect(report).toEqual(reportFor('ABCDEF'));
    expect(report.creditScore).toBeGreaterThanOrEqual(300);
    expect(report.creditScore).toBeLessThanOrEqual(850);
  });
});
