import { describe, expect, test } from '@jest/globals';
import type { Terms } from './admission.js';
import { admitDeposit, admitWithdrawal } from './provider-admission.js';

const termsWith = (flat: number): Terms => ({
  fee: { flat, basisPoints: 0 },
  limits: new Map(),
  isBeneficiaryAllowed: true,
  version: 1,
});
const asking = (amount: number) => ({ amount, deadlineAt: null });
const refused = { admitted: false, reason: 'amount-invalid' };

describe('a fee', () => {
  test('leaves something of a deposit', () => {
    expect(admitDeposit(asking(100), termsWith(99), 0)).toEqual({ admitted: true, fee: 99 });
    expect(admitDeposit(asking(100), termsWith(100), 0)).toEqual(refused);
  });

  test('is held exactly with the amount of a withdrawal', () => {
    const most = Number.MAX_SAFE_INTEGER;
    expect(admitWithdrawal(asking(most - 1), termsWith(1), 0)).toEqual({ admitted: true, fee: 1 });
    expect(admitWithdrawal(asking(most - 1), termsWith(2), 0)).toEqual(refused);
  });

  test('changes no refusal for another reason', () => {
    const unknown = { admitted: false, reason: 'transaction-type-unknown' };
    expect(admitDeposit(asking(100), undefined, 0)).toEqual(unknown);
    expect(admitWithdrawal(asking(100), undefined, 0)).toEqual(unknown);
  });
});
