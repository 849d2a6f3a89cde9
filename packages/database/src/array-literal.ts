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
