import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { minorUnitDigits } from './currency.js';
import { convertDown, isRate, rateWithMargin } from './exchange-rate.js';

describe('a rate', () => {
  test.each(['1', '0.9137', '123456789012.123456789012'])('may be %s', (rate) => {
    expect(isRate(rate)).toBe(true);
  });

  const never = ['0', '0.000', '-1', '1e3', '.5', '1.', '1,5', '01.5', '00.5', '0.1234567890123', ''];
  test.each(never)('is never %s', (rate) => {
    expect(isRate(rate)).toBe(false);
  });

  test.each([
    ['0.92', 0, '0.92'],
    ['0.92', 150, '0.9062'],
    ['1', 10_000, '0'],
    ['150.25', 25, '149.874375'],
    ['0.000000000003', 5_000, '0.000000000001'],
    ['0.000000000001', 5_000, '0'],
  ])('of %s less %i basis points is %s', (rate, margin, expected) => {
    expect(rateWithMargin(rate, margin)).toBe(expected);
  });
});

test.each([
  [1_000, '0.92', 'USD', 'EUR', 920],
  [1_000, '150.25', 'USD', 'JPY', 1_502],
  [3, '0.5', 'USD', 'EUR', 1],
  [1, '153.45', 'USD', 'JPY', 1],
  [Number.MAX_SAFE_INTEGER, '2', 'USD', 'EUR', undefined],
])('%i at %s from %s to %s is %p', (amount, rate, from, to, expected) => {
  expect(convertDown(amount, rate, from, to)).toBe(expected);
});

/** Holdings of two currencies, and the rates between them, of which one there and back leaves no more than there was. */
describe('with rates of which the one undoes at most the other', () => {
  const pairs = fc.constantFrom(
    ['USD', 'JPY', '155', '0.00645161290'] as const,
    ['EUR', 'USD', '1.1', '0.909090909090'] as const,
    ['USD', 'KWD', '0.30765', '3.25044693645'] as const,
    ['USD', 'EUR', '1', '1'] as const,
    ['KWD', 'JPY', '0.000001', '999999.999999'] as const,
  );
  const step = fc.record({ isBack: fc.boolean(), amount: fc.integer({ min: 1, max: 1_000 }) });
  const start = fc.integer({ min: 1, max: 100_000 });

  test('nobody ends with more than he began with, whatever he converts', () => {
    fc.assert(
      fc.property(
        pairs,
        fc.integer({ min: 0, max: 500 }),
        start,
        fc.array(step, { maxLength: 60 }),
        (pair, margin, began, steps) => {
          const [one, other, rate, rateBack] = pair;
          const there = rateWithMargin(rate, margin);
          const back = rateWithMargin(rateBack, margin);
          const held = { one: began, other: 0 };
          for (const { isBack, amount } of steps) {
            const [from, to] = isBack ? (['other', 'one'] as const) : (['one', 'other'] as const);
            const paid = Math.min(amount, held[from]);
            held[from] -= paid;
            held[to] += isBack ? convertDown(paid, back, other, one)! : convertDown(paid, there, one, other)!;
          }
          // What is left of the other currency counts for what it is worth at the rate that it was bought at, exactly.
          const [whole, fraction = ''] = rate.split('.');
          const digits = BigInt(`${whole}${fraction}`) * 10n ** BigInt(minorUnitDigits(other));
          const unit = 10n ** BigInt(fraction.length + minorUnitDigits(one));
          expect(BigInt(held.one) * digits + BigInt(held.other) * unit).toBeLessThanOrEqual(
            BigInt(began) * digits,
          );
        },
      ),
      { numRuns: 500 },
    );
  });
});
