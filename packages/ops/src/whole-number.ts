import { InvalidArgumentError } from 'commander';

/** @throws InvalidArgumentError for anything but 1 to 999,999,999 */
export function wholeNumber(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('a whole number above 0 is expected.');
  return Number(text);
}
