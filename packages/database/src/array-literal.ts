/**
 * An array of uuids, numbers or booleans as PostgreSQL reads it. The driver escapes every element of an array as if it
 * were free text, which for the columns of a large batch costs more than building them. Not for text.
 */
export function arrayLiteral(values: readonly (string | number | boolean | null)[]): string {
  let text = '{';
  for (let i = 0; i < values.length; i++) {
    if (i > 0) text += ',';
    text += values[i] === null ? 'NULL' : values[i];
  }
  return `${text}}`;
}

/** An array of timestamps, given in milliseconds since the Unix epoch. The driver formats a Date in local time, by parts. */
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

/** An array of text as PostgreSQL reads it. Only the elements that need it are escaped, which few do. */
export function textArrayLiteral(values: readonly (string | null)[]): string {
  let text = '{';
  for (let i = 0; i < values.length; i++) {
    if (i > 0) text += ',';
    const value = values[i]!;
    if (value === null) text += 'NULL';
    else text += special.test(value) ? `"${value.replace(specials, '\\$&')}"` : `"${value}"`;
  }
  return `${text}}`;
}

const special = /["\\]/;
const specials = /["\\]/g;
