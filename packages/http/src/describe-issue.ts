import type { z } from 'zod';

/** Nouns for the types and formats of zod that a request can violate. */
const expectations: Readonly<Record<string, string>> = {
  string: 'a string',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'an array',
  object: 'an object',
  record: 'an object',
  null: 'null',
  uuid: 'a UUID',
  email: 'an email address',
  url: 'a URL',
  datetime: 'a time such as 2026-11-21T09:30:00Z',
  date: 'a date such as 2026-11-21',
  time: 'a time of day such as 09:30:00',
};

/** Units of what has a length. Everything else is compared by its value. */
const units: Readonly<Record<string, readonly [singular: string, plural: string]>> = {
  string: ['character', 'characters'],
  array: ['item', 'items'],
  map: ['entry', 'entries'],
  set: ['item', 'items'],
};

/**
 * The sentence for a violated rule, for someone who has never heard of zod. Messages that a schema brings along win
 * over it, because zod asks the schema first.
 */
export const describeIssue: z.core.$ZodErrorMap = (issue) => {
  if (issue.input === undefined && issue.code !== 'custom') return 'Is required.';
  switch (issue.code) {
    case 'invalid_type':
      return isBeyondNumbers(issue) ? limitOfNumbers(issue.input) : mustBe(issue.expected);
    case 'invalid_format':
      return issue.format === 'regex' ? `Must match the pattern ${issue.pattern}.` : mustBe(issue.format);
    case 'invalid_value':
      return oneOf(issue.values);
    case 'too_small':
      return limitOf(issue, issue.minimum, issue.inclusive === false ? 'greater than' : 'at least');
    case 'too_big':
      return limitOf(issue, issue.maximum, issue.inclusive === false ? 'less than' : 'at most');
    case 'not_multiple_of':
      return `Must be a multiple of ${issue.divisor}.`;
    case 'invalid_union':
      return describeUnion(issue);
    case 'invalid_key':
      return 'Has a field whose name is not allowed.';
    default:
      return 'Is not valid.';
  }
};

/** JSON may have numbers that no float holds, such as 1e400: parsed they are infinite, which zod takes for no number. */
function isBeyondNumbers(issue: {
  readonly expected: string;
  readonly input?: unknown;
}): issue is { expected: string; input: number } {
  return issue.expected === 'number' && (issue.input === Infinity || issue.input === -Infinity);
}

function limitOfNumbers(input: number): string {
  return input > 0
    ? limitOf({ origin: 'number' }, Number.MAX_SAFE_INTEGER, 'at most')
    : limitOf({ origin: 'number' }, Number.MIN_SAFE_INTEGER, 'at least');
}

function mustBe(expectation: string): string {
  const noun = expectations[expectation];
  return noun === undefined ? `Must be of the type ${expectation}.` : `Must be ${noun}.`;
}

function oneOf(values: readonly unknown[]): string {
  const list = values.map(String).join(', ');
  return values.length === 1 ? `Must be ${list}.` : `Must be one of ${list}.`;
}

function limitOf(
  { origin, exact }: { readonly origin: string; readonly exact?: boolean },
  limit: number | bigint,
  comparison: string,
): string {
  const unit = units[origin];
  const words = exact ? 'exactly' : comparison;
  if (unit === undefined) return `Must be ${words} ${limit}.`;
  if (!exact && comparison === 'at least' && Number(limit) === 1) return 'Must not be empty.';
  return `Must have ${words} ${limit} ${unit[Number(limit) === 1 ? 0 : 1]}.`;
}

/** Alternatives of one kind of sentence are joined: `Must be a time such as … or a date such as ….` */
function describeUnion(issue: {
  readonly errors: readonly (readonly {
    readonly path: readonly PropertyKey[];
    readonly message: string;
  }[])[];
  readonly options?: readonly unknown[];
}): string {
  if (issue.options !== undefined && issue.options.length > 0) return oneOf(issue.options);
  const alternatives = issue.errors.map((branch) => {
    const [only, ...others] = branch;
    if (only === undefined || others.length > 0 || only.path.length > 0) return undefined;
    return /^Must be (.+)\.$/.exec(only.message)?.[1];
  });
  if (alternatives.length === 0 || alternatives.includes(undefined)) return 'Has none of the allowed forms.';
  return `Must be ${[...new Set(alternatives)].join(' or ')}.`;
}
