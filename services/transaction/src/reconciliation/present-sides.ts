import type { Transaction } from '@florin/database';
import { findCorrections } from '../db/find-corrections.js';
import { findPaymentRecords } from '../db/find-payment-records.js';
import { findListedPayments } from '../db/find-settled-before.js';
import type { BreakRow } from '../db/reconciliation-break-row.js';
import { booked } from '../domain/booked.js';
import { keyOf, type ListedPayment, type PaymentRecord, paymentOf } from '../domain/reconcile.js';

/** What the sides of a difference say by now, whatever they said when it was found. */
export interface Sides {
  readonly line: ListedPayment | undefined;
  readonly record: PaymentRecord | undefined;
}

/** Each break with the last line of its payment, and with the payment as the books have it after corrections. */
export async function findPresentSides(
  tx: Transaction,
  breaks: readonly BreakRow[],
): Promise<(row: BreakRow) => Sides> {
  const ids = breaks.flatMap(({ transactionId }) => transactionId ?? []);
  const records = booked(await findPaymentRecords(tx, ids), await findCorrections(tx, ids));
  const byKey = new Map(records.map((record) => [keyOf(record.kind, record.transactionId), record]));
  const listed = await findListedPayments(
    tx,
    breaks.flatMap(({ paymentId }) => paymentId ?? []),
  );
  return ({ paymentKind: kind, paymentId, transactionId }) => ({
    line: paymentId === null ? undefined : listed.get(paymentOf({ kind, paymentId })),
    record: transactionId === null ? undefined : byKey.get(keyOf(kind, transactionId)),
  });
}
