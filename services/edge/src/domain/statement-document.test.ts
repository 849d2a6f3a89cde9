import { describe, expect, test } from '@jest/globals';
import type { StatementItem } from './statement-csv.js';
import { balancesOf, periodInWords } from './statement-document.js';

const item = (amount: number, runningBalance: number): StatementItem => ({
  entryId: 'e',
  transactionId: 't',
  postedAt: '2026-01-01T00:00:00.000Z',
  amount,
  runningBalance,
  description: '',
});

describe('the balances of a statement', () => {
  test('given a part of a period, open with the balance before its first item', () => {
    const items = [item(-100, 400), item(250, 650), item(-50, 600)];
    expect(balancesOf({ openingBalance: 1_000, closingBalance: 2_000, items })).toEqual({
      openingBalance: 500,
      closingBalance: 600,
      totalCredits: 250,
      totalDebits: 150,
    });
  });

  test('given no items, are those of the period', () => {
    expect(balancesOf({ openingBalance: 7, closingBalance: 7, items: [] })).toEqual({
      openingBalance: 7,
      closingBalance: 7,
      totalCredits: 0,
      totalDebits: 0,
    });
  });
});

describe('the period of a statement', () => {
  const bounds = { openedAt: new Date('2025-05-05T10:00:00Z'), now: new Date('2026-06-06T12:00:00Z') };
  const day = (text: string) => new Date(text);

  test.each([
    ['2026-01-01', '2026-02-01', '2026-01-01 to 2026-01-31'],
    ['2026-01-01T10:00:00Z', '2026-01-03T00:00:00.001Z', '2026-01-01 to 2026-01-03'],
  ])('from %s until before %s is %s', (from, to, words) => {
    expect(periodInWords({ from: day(from), to: day(to) }, bounds)).toBe(words);
  });

  test('without ends runs from the opening of the wallet until today', () => {
    expect(periodInWords({ from: undefined, to: undefined }, bounds)).toBe('2025-05-05 to 2026-06-06');
  });
});
