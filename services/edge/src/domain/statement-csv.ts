import { decimalAmount } from '@florin/contracts';

/** A line of a statement as clients see it. Amounts are minor units. */
export interface StatementItem {
  readonly entryId: string;
  readonly transactionId: string;
  readonly postedAt: string;
  readonly amount: number;
  readonly runningBalance: number;
  readonly description: string;
}

const columns = ['entryId', 'transactionId', 'postedAt', 'amount', 'runningBalance', 'description'] as const;
const more = ['currency', 'decimalAmount', 'decimalRunningBalance'] as const;

/**
 * The items as RFC 4180 text with a header line. The columns that JSON has, too, hold the same minor units; those with
 * decimals are for spreadsheets: 1.50 for USD, 150 for JPY, 0.150 for KWD.
 */
export function statementCsv(items: readonly StatementItem[], currency: string): string {
  const lines = items.map((item) =>
    [
      ...columns.map((column) => field(item[column])),
      currency,
      decimalAmount(item.amount, currency),
      decimalAmount(item.runningBalance, currency),
    ].join(','),
  );
  return [[...columns, ...more].join(','), ...lines, ''].join('\r\n');
}

/** Text that a spreadsheet would run as a formula gets an apostrophe in front: descriptions are written by others. */
function field(value: string | number): string {
  if (typeof value === 'number') return String(value);
  const harmless = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
