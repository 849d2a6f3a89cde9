/** The text is no CSV as RFC 4180 describes it. */
export class CsvError extends Error {
  readonly code = 'csv-malformed';
}

/**
 * The records of a CSV text (RFC 4180): fields in double quotes may hold commas, line ends and doubled quotes. Empty
 * lines are left out.
 * @throws CsvError
 */
export function parseCsv(text: string): string[][] {
  const records: string[][] = [];
  let record: string[] = [];
  let at = 0;
  while (at < text.length) {
    const quoted = text[at] === '"';
    const end = quoted ? endOfQuoted(text, at) : endOfPlain(text, at);
    const field = quoted ? text.slice(at + 1, end - 1).replaceAll('""', '"') : text.slice(at, end);
    if (!quoted && field.includes('"')) throw new CsvError(`a quote inside the field ${field.slice(0, 40)}`);
    record.push(field);
    at = end;
    const next = text[at];
    if (next === ',') {
      at++;
      // A comma at the very end is followed by an empty field.
      if (at === text.length) record.push('');
      else if (!isLineEnd(text[at])) continue;
      else record.push('');
    }
    if (at < text.length && !isLineEnd(text[at])) throw new CsvError('text behind a quoted field');
    if (text[at] === '\r' && text[at + 1] === '\n') at++;
    at++;
    if (record.length > 1 || record[0] !== '') records.push(record);
    record = [];
  }
  return records;
}

function isLineEnd(character: string | undefined): boolean {
  return character === '\n' || character === '\r';
}

function endOfPlain(text: string, start: number): number {
  let at = start;
  while (at < text.length && text[at] !== ',' && !isLineEnd(text[at])) at++;
  return at;
}

/** The position behind the closing quote. */
function endOfQuoted(text: string, start: number): number {
  let at = start + 1;
  for (;;) {
    const quote = text.indexOf('"', at);
    if (quote < 0) throw new CsvError('a quoted field has no end');
    if (text[quote + 1] !== '"') return quote + 1;
    at = quote + 2;
  }
}
