import { describe, expect, test } from '@jest/globals';
import { statementCsv } from './statement-csv.js';

const item = {
  entryId: 'e1',
  transactionId: 't1',
  postedAt: '2026-01-01T00:00:00.000Z',
  amount: -500,
  runningBalance: 1500,
  description: 'rent',
};

describe('statementCsv', () => {
  test('given no items, only the header is written', () => {
    expect(statementCsv([])).toBe('entryId,transactionId,postedAt,amount,runningBalance,description\r\n');
  });

  test('given a negative amount, it stays a number', () => {
    expect(statementCsv([item])).toContain('\r\ne1,t1,2026-01-01T00:00:00.000Z,-500,1500,rent\r\n');
  });

  test('given quotes, commas and line breaks, the field is quoted', () => {
    const csv = statementCsv([{ ...item, description: 'a "b", c\nd' }]);
    expect(csv).toContain(',"a ""b"", c\nd"\r\n');
  });

  test.each(['=1+1', '+1', '-1', '@SUM(A1)'])('given %s as description, no spreadsheet runs it', (text) => {
    expect(statementCsv([{ ...item, description: text }])).toContain(`,'${text}\r\n`);
  });
});
