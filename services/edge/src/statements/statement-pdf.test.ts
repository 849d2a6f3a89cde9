import { describe, expect, test } from '@jest/globals';
import { pdfText } from '../../tests/pdf-text.js';
import type { StatementItem } from '../domain/statement-csv.js';
import { balancesOf, type StatementDocument } from '../domain/statement-document.js';
import { statementPdf } from './statement-pdf.js';

function itemsOf(...lines: [amount: number, description: string][]): StatementItem[] {
  let runningBalance = 100_000;
  return lines.map(([amount, description]) => {
    runningBalance += amount;
    return {
      entryId: 'e',
      transactionId: 't',
      postedAt: '2026-01-15T10:00:00.000Z',
      amount,
      runningBalance,
      description,
    };
  });
}

function documentOf(
  items: StatementItem[],
  currency = 'USD',
  more: Partial<StatementDocument> = {},
): StatementDocument {
  return {
    institution: 'First Florin Bank',
    holder: 'Ada Lovelace',
    wallet: { id: '01a1fce7-450b-747c-a2e6-c2452f651097', name: 'Household', type: 'personal-usd', currency },
    period: '2026-01-01 to 2026-01-31',
    generatedAt: new Date('2026-02-01T08:30:00Z'),
    ...balancesOf({ openingBalance: 100_000, closingBalance: 100_000, items }),
    items,
    isContinued: false,
    ...more,
  };
}

describe('a statement as PDF', () => {
  test('shows who, which wallet, which period, every line with its running balance, and the totals', async () => {
    const [page, ...others] = pdfText(
      await statementPdf(documentOf(itemsOf([-2_550, 'Rent'], [50_000, 'Зарплата Müller']))),
    );
    expect(others).toEqual([]);
    for (const text of [
      'First Florin Bank',
      'Ada Lovelace',
      'Household',
      '01a1fce7-450b-747c-a2e6-c2452f651097',
    ]) {
      expect(page).toContain(text);
    }
    expect(page).toContain('2026-01-01 to 2026-01-31 (UTC)');
    expect(page).toContain('Opening balance\n1,000.00 USD\nMoney in\n500.00 USD\nMoney out\n-25.50 USD');
    expect(page).toContain('2026-01-15\nRent\n25.50\n974.50\n');
    expect(page).toContain('2026-01-15\nЗарплата Müller\n500.00\n1,474.50\n');
    expect(page).toContain('Closing balance\n25.50\n500.00\n1,474.50');
    expect(page).toMatch(/Page 1 of 1$/);
  });

  test.each([
    ['JPY', '-100,000', '100,000'],
    ['KWD', '-100.000', '100.000'],
  ])('has the decimals of %s', async (currency, debited, opening) => {
    const [page] = pdfText(await statementPdf(documentOf(itemsOf([-100_000, 'x']), currency)));
    expect(page).toContain(`Money out\n${debited} ${currency}`);
    expect(page).toContain(`Opening balance\n${opening}\n`);
  });

  test('cuts no amount, however large', async () => {
    const largest = Number.MAX_SAFE_INTEGER;
    const document = documentOf([], 'USD', { openingBalance: largest, closingBalance: -largest });
    const [page] = pdfText(await statementPdf(document));
    expect(page?.match(/-?90,071,992,547,409\.91/g)).toHaveLength(4);
  });

  test('repeats the head of the table on every page, tears no line and numbers all pages', async () => {
    const lines = Array.from({ length: 150 }, (_, i): [number, string] => [
      i + 1,
      `Line ${i} ${'with words '.repeat(i % 12)}`,
    ]);
    const pages = pdfText(await statementPdf(documentOf(itemsOf(...lines), 'USD', { isContinued: true })));
    expect(pages.length).toBeGreaterThan(3);
    for (const [i, page] of pages.entries()) {
      expect(page).toContain('Date\nDescription\nDebit\nCredit\nBalance');
      expect(page).toMatch(new RegExp(`Page ${i + 1} of ${pages.length}$`));
    }
    const all = pages.join('\n');
    for (const [i] of lines.entries()) expect(all).toMatch(new RegExp(`\\nLine ${i}\\b`));
    expect(all).toContain('Carried forward');
    expect(all).toContain('More entries of the period follow');
  });
});
