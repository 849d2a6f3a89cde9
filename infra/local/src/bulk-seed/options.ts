import { parseArgs } from 'node:util';
import { LocalError } from '../local-error.js';
import { maxCustomers, password } from './unit.js';

export const usage = `npm run seed -- --customers 1000000 [--entries 20000000] [--months 12] [--ledger-only]

Loads customers with two wallets each into the databases of a platform that was started before, and optionally
entries of transfers between their wallets, back to so many months ago. What is there already is left as it is.
The number of customers is rounded up to full thousands.
Customers are numbered from 0. Customer 0 logs in as customer-0@seed.example.com and gets codes at +19990000000, customer
4711 as customer-4711@seed.example.com and at +19990004711, and so on. The password of all is "${password}".
--ledger-only loads entries into the ledger alone, to look at its plans: audits of the read models will fail.`;

export interface Options {
  readonly customers: number;
  readonly entries: number;
  readonly months: number;
  readonly isLedgerOnly: boolean;
}

/**
 * Reads the command line; undefined when it asks for help.
 * @throws LocalError `usage` with one line that says what is wrong
 */
export function readOptions(args: readonly string[]): Options | undefined {
  const values = valuesOf(args);
  if (values.help) return undefined;
  if (values.customers === undefined) throw wrong('--customers', 'say how many');
  return {
    customers: wholeNumber('--customers', values.customers, 1, maxCustomers),
    entries: wholeNumber('--entries', values.entries, 0, 1_000_000_000),
    months: wholeNumber('--months', values.months, 1, 120),
    isLedgerOnly: values['ledger-only'],
  };
}

function valuesOf(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        customers: { type: 'string' },
        entries: { type: 'string', default: '0' },
        months: { type: 'string', default: '1' },
        'ledger-only': { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }).values;
  } catch (error) {
    // The first sentence says what is wrong, the others how a shell would be talked into it.
    throw new LocalError('usage', (error as Error).message.split(/[.\n]/)[0]!);
  }
}

function wholeNumber(option: string, text: string, min: number, max: number): number {
  const value = /^\d[\d_]*$/.test(text) ? Number(text.replaceAll('_', '')) : Number.NaN;
  if (value >= min && value <= max) return value;
  const range = `${min} to ${max.toLocaleString('en')}`;
  throw wrong(option, `expected a whole number from ${range}, not ${JSON.stringify(text)}`);
}

function wrong(option: string, what: string): LocalError {
  return new LocalError('usage', `${option}: ${what}`);
}
