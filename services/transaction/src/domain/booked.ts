import type { Adjustment } from '@florin/contracts';
import { keyOf, type PaymentRecord } from './reconcile.js';
import type { PaymentKind } from './settlement-file.js';

/** A correction that the ledger has posted because of a payment. */
export interface Correction {
  readonly kind: PaymentKind;
  readonly transactionId: string;
  readonly adjustment: Pick<Adjustment, 'sourceAccount' | 'destinationAccount' | 'amount'>;
}

/** Where the books keep what is at the provider: a charge comes out of it, a refund and a payout go into it. */
const providerAccounts = { charge: 'cash-in', refund: 'cash-in', payout: 'cash-out' } as const;

/**
 * Payments as the books have them after corrections. One that was corrected to nothing is `declined` there: when the provider
 * lists it after all, that differs, and somebody has to get his money back.
 */
export function booked(
  records: readonly PaymentRecord[],
  corrections: readonly Correction[],
): readonly PaymentRecord[] {
  const sums = new Map<string, number>();
  for (const correction of corrections) {
    const key = keyOf(correction.kind, correction.transactionId);
    sums.set(key, (sums.get(key) ?? 0) + effectOf(correction));
  }
  return records.map((record) => {
    const sum = sums.get(keyOf(record.kind, record.transactionId)) ?? 0;
    return sum === 0 ? record : withCorrections(record, sum);
  });
}

function withCorrections(record: PaymentRecord, sum: number): PaymentRecord {
  // What is declined, pending or uncovered has moved nothing in the books by itself.
  const amount = (record.status === 'succeeded' ? record.amount : 0) + sum;
  return amount > 0 ? { ...record, amount, status: 'succeeded' } : { ...record, status: 'declined' };
}

/** By how much the books have more of the payment for it, in minor units. */
function effectOf({ kind, adjustment }: Correction): number {
  const account = providerAccounts[kind];
  const out = adjustment.sourceAccount === account ? adjustment.amount : 0;
  const into = adjustment.destinationAccount === account ? adjustment.amount : 0;
  return kind === 'charge' ? out - into : into - out;
}
