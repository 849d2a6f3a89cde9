/**
 * A column of nothing but nulls is sent as an empty array by all that make arrays here: `unnest` fills it up beside a longer one, and
 * neither side spends time on it. So a statement needs another column beside it that is never null, as an id is.
 */
export function isAllNull(values: readonly unknown[]): boolean {
  return values.every((value) => value === null);
}

/**
 * An array of numbers or booleans as PostgreSQL reads it, empty when all are null (`isAllNull`); UUIDs and amounts travel in binary (`uuidArray`, `bigintArray`). The driver escapes every element of an array as if it
 * were free text, which for the columns of a large batch costs more than building them. Not for text.
 */
export function arrayLiteral(values: readonly (string | number | boolean | null)[]): string {
  if (isAllNull(values)) return '{}';
  let text = '{';
  for (let i = 0; i < values.length; i++) {
    if (i > 0) text += ',';
    text += values[i] === null ? 'NULL' : values[i];
  }
  return `${text}}`;
}

/** An array of timestamps, given in milliseconds since the Unix epoch, empty when all are null. The driver formats a Date in local time, by parts. */
export function timestampArrayLiteral(values: readonly (number | null)[]): string {
  let last = Number.NaN;
  let text = '';
  return arrayLiteral(
    values.map((value) => {
      if (value === null) return null;
      // Those of a batch are often the same.
      if (value !== last) text = new Date(value).toISOString();
      last = value;
      return text;
    }),
  );
}

/** An array of text as PostgreSQL reads it, empty when all are null. */
export function textArrayLiteral(values: readonly (string | null)[]): string {
  if (isAllNull(values)) return '{}';
  let text = '{';
  for (let i = 0; i < values.length; i++) {
    if (i > 0) text += ',';
    const value = values[i]!;
    text += value === null ? 'NULL' : quoted(value);
  }
  return `${text}}`;
}

function quoted(value: string): string {
  if (!escaped.test(value)) return `"${value}"`;
  // JSON escapes these as PostgreSQL does, three times as fast as a replacement: text that is JSON already is full of them.
  // What else it escapes PostgreSQL would take for something else.
  return escapedInJson.test(value) ? `"${value.replace(allEscaped, '\\$&')}"` : JSON.stringify(value);
}

const escaped = /["\\]/;
const allEscaped = /["\\]/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what JSON escapes.
const escapedInJson = /[\u0000-\u001f\ud800-\udfff]/;
