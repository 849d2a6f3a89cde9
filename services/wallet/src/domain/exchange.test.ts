import { convertDown, convertUp, isRate, minorUnitDigits } from '@florin/contracts';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { bookkeeper, transfer, wallet } from '../../tests/bookkeeper.js';
import { systemAccountId } from './system-account.js';

const max = Number.MAX_SAFE_INTEGER;

describe('a conversion', () => {
  test.each<[number, string, string, string, number]>([
    [100, '0.9137', 'USD', 'EUR', 91],
    [100, '149.35', 'USD', 'JPY', 149],
    [1_000, '149.35', 'USD', 'JPY', 1_493],
    [149, '0.0067', 'JPY', 'USD', 99],
    [10_000, '0.30765', 'USD', 'KWD', 30_765],
    [30_765, '3.2504', 'KWD', 'USD', 9_999],
    [1, '0.999999999999', 'USD', 'EUR', 0],
    [3, '0.5', 'USD', 'EUR', 1],
    [4, '0.5', 'USD', 'EUR', 2],
    // As doubles, 1.15 × 100 is 114.99999999999999 and 2^53 − 1 times anything is a guess.
    [100, '1.15', 'USD', 'EUR', 115],
    [max, '1', 'USD', 'EUR', max],
    [max, '0.000000000001', 'USD', 'EUR', 9_007],
  ])('of %d at %s from %s to %s is %d, rounded down', (amount, rate, from, to, expected) => {
    expect(convertDown(amount, rate, from, to)).toBe(expected);
  });

  test('past 2^53 − 1 has no result', () => {
    expect(convertDown(max, '1.0001', 'USD', 'EUR')).toBeUndefined();
    expect(convertUp(max, '1', 'USD', 'KWD')).toBeUndefined();
  });

  test('is off by less than a unit, and never in favour of the customer', () => {
    const rates = fc.tuple(fc.integer({ min: 0, max: 999 }), fc.integer({ min: 1, max: 999_999 }));
    const currencies = fc.constantFrom('USD', 'JPY', 'KWD');
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 10 ** 9 }),
        rates,
        currencies,
        currencies,
        (amount, parts, from, to) => {
          const scaled = BigInt(parts[0]) * 1_000_000n + BigInt(parts[1]);
          const rate = `${parts[0]}.${String(parts[1]).padStart(6, '0')}`;
          const received = BigInt(convertDown(amount, rate, from, to)!);
          const givenBack = BigInt(convertUp(amount, rate, from, to)!);
          const unit = 1_000_000n * 10n ** BigInt(minorUnitDigits(from));
          const exact = BigInt(amount) * scaled * 10n ** BigInt(minorUnitDigits(to));
          expect(received * unit).toBeLessThanOrEqual(exact);
          expect((received + 1n) * unit).toBeGreaterThan(exact);
          expect(givenBack * unit).toBeGreaterThanOrEqual(exact);
          expect((givenBack - 1n) * unit).toBeLessThan(exact);
        },
      ),
    );
  });
});

test.each(['', '0', '0.000', '-1', '1e3', '1.', '.5', ' 1', '1,5', '1'.repeat(13), `1.${'1'.repeat(13)}`])(
  '%j is no rate',
  (rate) => expect(isRate(rate)).toBe(false),
);

describe('a transfer between currencies', () => {
  const fx = (currency: string) =>
    wallet(systemAccountId('fx', currency, 0), 0, { kind: 'system', currency });
  const fees = wallet(systemAccountId('fees', 'USD', 0), 0, { kind: 'system' });
  const open = () =>
    bookkeeper([wallet('a', 1_000), wallet('e', 0, { currency: 'EUR' }), fx('USD'), fx('EUR'), fees]);
  const euros = { currency: 'EUR', rate: '0.9137' };

  test('is two linked legs over the exchange accounts, each summing to zero in its currency', () => {
    const { decisions } = open().decide(1, transfer('a', 'e', 500, { exchange: euros, fee: 3 }));
    expect(decisions[0]!.entries.map(({ walletId, amount }) => [walletId, amount])).toEqual([
      ['a', -500],
      [fx('USD').id, 500],
      [fx('EUR').id, -456],
      ['e', 456],
      ['a', -3],
      [fees.id, 3],
    ]);
    expect(decisions[0]!.transfer).toMatchObject({
      amount: 500,
      currency: 'USD',
      destinationAmount: 456,
      destinationCurrency: 'EUR',
      rate: '0.9137',
    });
  });

  test.each<[string, object]>([
    ['currency-mismatch', {}],
    ['currency-mismatch', { exchange: { ...euros, currency: 'JPY' } }],
    ['rate-invalid', { exchange: { ...euros, rate: '-1' } }],
    ['rate-invalid', { exchange: { currency: 'USD', rate: '1' } }],
    ['amount-invalid', { exchange: { ...euros, rate: '0.001' }, amount: 1 }],
    ['balance-limit-exceeded', { exchange: { ...euros, rate: '999999999999' }, amount: 1_000_000 }],
  ])('is declined: %s', (reason, more) => {
    expect(open().decide(1, transfer('a', 'e', 5, more)).verdicts).toEqual([reason]);
  });
});
