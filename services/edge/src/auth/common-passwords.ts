import { readFileSync } from 'node:fs';

const list = new URL('../../data/common-passwords.txt', import.meta.url);
let known: ReadonlySet<string> | undefined;

/** Whether a password in lower case is among the frequent ones of known breaches; read from disk at first use. */
export function isCommonPassword(lowerCasePassword: string): boolean {
  known ??= new Set(readFileSync(list, 'utf8').split('\n'));
  return known.has(lowerCasePassword);
}
