import { Problem, type ProblemError } from './problem.js';
import { validationFailed } from './validation.js';

const maxDepth = 64;

/**
 * Parses JSON and refuses what parsers disagree about or choke on: nesting without end, a name that occurs twice in an
 * object (the parser of the next one in line may take the other value), and `__proto__`.
 * @throws Problem 400 `malformed-json` or `validation-failed`
 */
export function parseJson(text: string): unknown {
  // Before anything that recurses sees it.
  const names = countNames(text);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw malformed('The body is not valid JSON.');
  }
  // Of two members with one name, the parser keeps one.
  if (countMembers(value, '') !== names) throw malformed('A name occurs twice in an object.');
  return value;
}

/**
 * Colons outside of strings: as many as there are names in objects. Going from quote to quote makes it cost a tenth of
 * parsing.
 */
function countNames(text: string): number {
  let [depth, names] = [0, 0];
  for (let i = 0; i < text.length; i++) {
    switch (text.charCodeAt(i)) {
      case 0x22:
        i = endOfString(text, i);
        break;
      case 0x3a:
        names++;
        break;
      case 0x5b:
      case 0x7b:
        if (++depth > maxDepth) throw malformed(`The body is nested deeper than ${maxDepth} levels.`);
        break;
      case 0x5d:
      case 0x7d:
        depth--;
        break;
    }
  }
  return names;
}

/** The closing quote of the string that begins at `start`; the end of the text when there is none. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let backslashes = 0;
    while (text.charCodeAt(end - 1 - backslashes) === 0x5c) backslashes++;
    if (backslashes % 2 === 0) return end;
  }
  return text.length;
}

function countMembers(value: unknown, pointer: string): number {
  if (typeof value !== 'object' || value === null) return 0;
  let count = 0;
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) count += countMembers(value[i], pointer);
    return count;
  }
  for (const name of Object.keys(value)) {
    if (name === '__proto__') throw reservedName(`${pointer}/__proto__`);
    count++;
    const inner = (value as Record<string, unknown>)[name];
    if (typeof inner === 'object') count += countMembers(inner, `${pointer}/${escapePointer(name)}`);
  }
  return count;
}

/**
 * PostgreSQL can store neither U+0000 in text nor half a surrogate pair in jsonb: refuse them here with a pointer instead
 * of failing deep inside with 500. Only escapes can bring them into valid JSON.
 */
export function refuseUnstorable(body: unknown): void {
  const errors: ProblemError[] = [];
  const visit = (value: unknown, pointer: string): void => {
    if (typeof value === 'string') {
      const flaw = flawOf(value);
      if (flaw) errors.push({ pointer, detail: `${flaw} is not allowed.` });
    } else if (typeof value === 'object' && value !== null) {
      for (const [name, inner] of Object.entries(value)) {
        visit(inner, `${pointer}/${escapePointer(name)}`);
        const flaw = flawOf(name);
        if (flaw) errors.push({ pointer, detail: `${flaw} is not allowed in the name of a field.` });
      }
    }
  };
  visit(body, '');
  if (errors.length > 0) throw validationFailed(errors);
}

function flawOf(text: string): string | undefined {
  if (text.includes('\u0000')) return 'The character U+0000';
  return /\p{Surrogate}/u.test(text) ? 'Half a surrogate pair' : undefined;
}

function escapePointer(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}

function reservedName(pointer: string): Problem {
  return validationFailed([{ pointer, detail: 'This name is not allowed.' }]);
}

export function malformed(detail: string): Problem {
  return new Problem(400, 'malformed-json', detail);
}
