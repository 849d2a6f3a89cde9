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

/** The items as RFC 4180 text with a header line. */
export function statementCsv(items: readonly StatementItem[]): string {
  const lines = items.map((item) => columns.map((column) => field(item[column])).join(','));
  return [columns.join(','), ...lines, ''].join('\r\n');
}

/** Text that a spreadsheet would run as a formula gets an apostrophe in front: descriptions are written by others. */
function field(value: string | number): string {
  if (typeof value === 'number') return String(value);
  const harmless = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
