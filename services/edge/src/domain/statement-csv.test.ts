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
    expect(statementCsv([], 'USD')).toBe(
      'entryId,transactionId,postedAt,amount,runningBalance,description,currency,decimalAmount,decimalRunningBalance\r\n',
    );
  });

  test('given a negative amount, it stays a number', () => {
    expect(statementCsv([item], 'USD')).toContain(
      '\r\ne1,t1,2026-01-01T00:00:00.000Z,-500,1500,rent,USD,-5.00,15.00\r\n',
    );
  });

  test('given quotes, commas and line breaks, the field is quoted', () => {
    const csv = statementCsv([{ ...item, description: 'a "b", c\nd' }], 'USD');
    expect(csv).toContain(',"a ""b"", c\nd",USD,');
  });

  test.each(['=1+1', '+1', '-1', '@SUM(A1)'])('given %s as description, no spreadsheet runs it', (text) => {
    expect(statementCsv([{ ...item, description: text }], 'USD')).toContain(`,'${text},USD,`);
  });

  test.each([
    ['JPY', '-500,1500'],
    ['KWD', '-0.500,1.500'],
  ])('given %s, decimals are those of the currency', (currency, decimals) => {
    expect(statementCsv([item], currency)).toContain(`,-500,1500,rent,${currency},${decimals}\r\n`);
  });
});
