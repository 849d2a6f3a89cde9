import { dictionary } from '@zxcvbn-ts/language-common';

/** Too famous to be a secret, and in no list of leaks. */
const famous = ['', ' ', '-'].map((separator) => ['correct', 'horse', 'battery', 'staple'].join(separator));
let known: ReadonlySet<string> | undefined;

/**
 * Whether a text in lower case is among the frequent passwords of known breaches. Short ones count, too: nobody may
 * register them, but they are what `password1234` is derived from. The set is built at first use.
 */
export function isCommonPassword(lowerCaseText: string): boolean {
  known ??= new Set([...dictionary['passwords-common'], ...famous]);
  return known.has(lowerCaseText);
}
