import type { Adjustment } from '@florin/contracts';
import { describe, expect, test } from '@jest/globals';
import { type Difference, needsTwoOperators, refuseAdjustment } from './resolution.js';

const difference = (more: Partial<Difference> = {}): Difference => ({
  providerAmount: 500,
  ourAmount: 300,
  providerStatus: 'succeeded',
  ourStatus: 'succeeded',
  transactionId: 't',
  ...more,
});
const adjustment = (more: Partial<Adjustment> = {}): Adjustment => ({
  sourceWalletId: null,
  sourceOwnerId: null,
  sourceAccount: 'cash-in',
  destinationWalletId: 'adas',
  destinationOwnerId: 'ada',
  destinationAccount: null,
  amount: 300,
  ...more,
});
const unmoved = difference({ providerStatus: 'declined', ourStatus: 'pending' });

describe('a resolution needs a second operator', () => {
  test('when it moves money', () => {
    expect(needsTwoOperators(unmoved, adjustment(), 'declined')).toBe(true);
  });

  test.each<[string, Partial<Difference>]>([
    ['a payment that the books do not have', { ourStatus: null, ourAmount: null }],
    ['a payment that the provider does not have', { providerStatus: null, providerAmount: null }],
    ['an amount that differs', {}],
    ['money that moved there only', { ourStatus: 'declined' }],
    ['money that moved here only', { providerStatus: 'declined' }],
    ['a payout that nothing was held for', { ourStatus: 'uncovered', providerStatus: 'declined' }],
    ['what nobody knows the meaning of', { ourStatus: 'pending', providerStatus: 'disputed' }],
  ])('when it accepts %s', (_, more) => {
    expect(needsTwoOperators(difference(more), null, 'declined')).toBe(true);
  });

  test.each(['succeeded', 'uncovered', 'pending'])(
    'when it accepts what had moved nothing when it was found, and is %s now',
    (present) => {
      expect(needsTwoOperators(unmoved, null, present)).toBe(true);
    },
  );

  test('and none when it accepts what has moved nothing', () => {
    expect(needsTwoOperators(unmoved, null, 'declined')).toBe(false);
    expect(needsTwoOperators({ ...unmoved, ourStatus: null }, null, null)).toBe(false);
  });
});

describe('a correction', () => {
  test('moves no more than the larger of both sides of the payment', () => {
    const about = difference();
    expect(refuseAdjustment(about, adjustment({ amount: 500 }), ['adas'])).toBeUndefined();
    expect(refuseAdjustment(about, adjustment({ amount: 501 }), ['adas'])).toBe('adjustment-exceeds-payment');
    const missing = difference({ providerAmount: null });
    expect(refuseAdjustment(missing, adjustment({ amount: 301 }), ['adas'])).toBe(
      'adjustment-exceeds-payment',
    );
  });

  test('touches no wallet but those of the transaction', () => {
    const strange = { sourceWalletId: 'graces', sourceAccount: null };
    expect(refuseAdjustment(difference(), adjustment(strange), ['adas', null])).toBe('wallet-not-involved');
    expect(refuseAdjustment(difference(), adjustment(), ['graces'])).toBe('wallet-not-involved');
    const platform = { destinationWalletId: null, destinationAccount: 'suspense' };
    expect(refuseAdjustment(difference(), adjustment(platform), [])).toBeUndefined();
  });

  test('of a payment that no transaction is known for may credit whom a person has found', () => {
    const unknown = difference({ transactionId: null, ourAmount: null });
    expect(refuseAdjustment(unknown, adjustment({ amount: 500 }), [])).toBeUndefined();
  });
});
