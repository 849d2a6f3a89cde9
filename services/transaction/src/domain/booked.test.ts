import { describe, expect, test } from '@jest/globals';
import { booked, type Correction } from './booked.js';
import type { PaymentRecord } from './reconcile.js';

const record = (more: Partial<PaymentRecord> = {}): PaymentRecord => ({
  kind: 'charge',
  transactionId: 'a',
  amount: 500,
  currency: 'USD',
  status: 'succeeded',
  ...more,
});
const correction = (
  from: string | null,
  to: string | null,
  amount: number,
  more: Partial<Correction> = {},
): Correction => ({
  kind: 'charge',
  transactionId: 'a',
  adjustment: { sourceAccount: from, destinationAccount: to, amount },
  ...more,
});

describe('a payment in the books', () => {
  test('is what was recorded when nothing has corrected it', () => {
    const others = [
      correction('cash-in', null, 5, { transactionId: 'b' }),
      correction('cash-out', null, 5, { kind: 'payout' }),
    ];
    expect(booked([record()], others)).toEqual([record()]);
    expect(booked([record()], [correction('suspense', null, 5)])).toEqual([record()]);
  });

  test.each([
    ['charge', correction('cash-in', null, 50), 550],
    ['charge', correction(null, 'cash-in', 50), 450],
    ['refund', correction('suspense', 'cash-in', 50, { kind: 'refund' }), 550],
    ['refund', correction('cash-in', 'suspense', 50, { kind: 'refund' }), 450],
    ['payout', correction('suspense', 'cash-out', 50, { kind: 'payout' }), 550],
    ['payout', correction('cash-out', null, 50, { kind: 'payout' }), 450],
  ] as const)('that is a %s has what corrections leave of it', (kind, one, amount) => {
    expect(booked([record({ kind })], [one])).toEqual([record({ kind, amount })]);
  });

  test('is none once it was corrected to nothing, and one again when that was corrected as well', () => {
    const taken = correction(null, 'cash-in', 500);
    expect(booked([record()], [taken])).toEqual([record({ status: 'declined' })]);
    expect(booked([record()], [taken, correction('cash-in', null, 500)])).toEqual([record()]);
  });

  test('is made by the correction of one that was refused here', () => {
    const refused = record({ status: 'declined' });
    expect(booked([refused], [correction('cash-in', 'suspense', 400)])).toEqual([record({ amount: 400 })]);
  });

  test('is made by the correction of one whose hold had ended, and is not counted twice', () => {
    const uncovered = record({ kind: 'payout', status: 'uncovered' });
    const taken = correction(null, 'cash-out', 500, { kind: 'payout' });
    expect(booked([uncovered], [taken])).toEqual([record({ kind: 'payout' })]);
  });
});
