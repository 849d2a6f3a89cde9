import { describe, expect, test } from '@jest/globals';
import { admit, type Terms } from './admission.js';
import { noLimits } from './limits.js';

const now = 1_000;
const terms: Terms = {
  fee: { flat: 10, basisPoints: 100 },
  limits: new Map([['', { ...noLimits, perTransaction: 5_000 }]]),
  isBeneficiaryAllowed: true,
  version: 1,
};
const request = { amount: 5_000, deadlineAt: now };

describe('a transaction', () => {
  test('given a rule and an amount at the limit, then it is admitted with its fee', () => {
    expect(admit(request, terms, now)).toEqual({ admitted: true, fee: 60 });
  });

  test('without a limit any amount is admitted', () => {
    const amount = Number.MAX_SAFE_INTEGER;
    const free = { ...terms, fee: { flat: 0, basisPoints: 0 }, limits: new Map() };
    expect(admit({ amount, deadlineAt: null }, free, now)).toEqual({ admitted: true, fee: 0 });
  });

  test.each([
    ['transaction-type-unknown', request, undefined],
    ['beneficiary-not-allowed', request, { ...terms, isBeneficiaryAllowed: false }],
    ['amount-invalid', { ...request, amount: 0 }, terms],
    ['limit-exceeded', { ...request, amount: 5_001 }, terms],
    ['deadline-exceeded', { ...request, deadlineAt: now - 1 }, terms],
    [
      'amount-invalid',
      { ...request, amount: Number.MAX_SAFE_INTEGER },
      { ...terms, limits: new Map(), fee: { flat: 0, basisPoints: 20_000 } },
    ],
  ] as const)('is refused: %s', (reason, wanted, inForce) => {
    expect(admit(wanted, inForce, now)).toEqual({ admitted: false, reason });
  });
});
