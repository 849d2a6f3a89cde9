const value = '(?:\\d{1,2}|[A-Za-z]{3})';
const step = '(?:/\\d{1,2})?';
const list = (item: string) => new RegExp(`^${item}(?:,${item})*$`);
const plain = list(`(?:\\*|${value}(?:-${value})?)${step}`);
const dayOfMonth = list(`(?:(?:\\*|${value}(?:-${value})?)${step}|L)`);
const dayOfWeek = list(`(?:(?:\\*|${value}(?:-${value})?)${step}|${value}(?:#[1-4]|L))`);
const fields = [plain, plain, dayOfMonth, plain, dayOfWeek];

const monthNames = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const daysOfMonths = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/**
 * What is wrong with an expression that the library would accept: more than the standard fields, or a day that none of its
 * months has. The library searches centuries for such a day, and anybody may ask for one.
 */
export function cronProblem(expression: string): string | undefined {
  const parts = expression.trim().split(/\s+/);
  if (parts.length !== fields.length) return 'A cron expression has five fields.';
  const unknown = parts.find((part, i) => !fields[i]!.test(part));
  if (unknown !== undefined) return `There is no such field of a cron expression: ${unknown}`;
  const [, , days, months, weekdays] = parts as [string, string, string, string, string];
  // With both kinds of days it is enough that one of them comes.
  if (weekdays !== '*') return undefined;
  const firstDay = Math.min(...days.split(',').map(firstDayOf));
  const longest = Math.max(
    ...months
      .split(',')
      .flatMap(monthsOf)
      .map((month) => daysOfMonths[month - 1] ?? 0),
  );
  return firstDay > longest ? 'None of the months has such a day.' : undefined;
}

function firstDayOf(item: string): number {
  return /^\d/.test(item) ? Number.parseInt(item, 10) : 1;
}

function monthsOf(item: string): number[] {
  const [range, every] = item.split('/') as [string, string?];
  const [from, to] = range === '*' ? ['1', '12'] : (range.split('-') as [string, string?]);
  const first = monthOf(from);
  const last = to === undefined ? first : monthOf(to);
  // The library refuses a step of zero, and one without a range.
  const by = Math.max(1, Number(every ?? 1));
  const months = [];
  for (let month = first; month <= last; month += by) months.push(month);
  return months;
}

function monthOf(name: string): number {
  return /^\d/.test(name) ? Number(name) : monthNames.indexOf(name.toLowerCase()) + 1;
}
