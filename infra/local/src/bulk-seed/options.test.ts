import { describe, expect, test } from '@jest/globals';
import { readOptions } from './options.js';

describe('the command line of npm run seed', () => {
  test('has defaults for all but the number of customers', () => {
    const options = { customers: 1_000_000, entries: 0, months: 1, isLedgerOnly: false };
    expect(readOptions(['--customers', '1_000_000'])).toEqual(options);
    const more = ['--entries', '5', '--months', '12', '--ledger-only'];
    expect(readOptions(['--customers=2', ...more])).toEqual({
      customers: 2,
      entries: 5,
      months: 12,
      isLedgerOnly: true,
    });
  });

  test.each(['--help', '-h'])('may ask for help: %s', (option) => {
    expect(readOptions([option])).toBeUndefined();
  });

  test.each([
    [[], '--customers: say how many'],
    [['--customers', 'abc'], '--customers: expected a whole number from 1 to 10,000,000, not "abc"'],
    [['--customers', ''], '--customers: expected a whole number from 1 to 10,000,000, not ""'],
    [['--customers', '0'], '--customers: expected a whole number from 1 to 10,000,000, not "0"'],
    [['--customers', '1e3'], '--customers: expected a whole number from 1 to 10,000,000, not "1e3"'],
    [['--customers=5', '--months=0'], '--months: expected a whole number from 1 to 120, not "0"'],
    [['--customers', '5', '--bogus'], "Unknown option '--bogus'"],
    [['--customers', '-5'], "Option '--customers' argument is ambiguous"],
    [['--customers'], "Option '--customers <value>' argument missing"],
    [['5'], "Unexpected argument '5'"],
  ])('is refused in one line: %p', (args, message) => {
    expect(() => readOptions(args)).toThrow(expect.objectContaining({ code: 'usage', message }));
  });
});
