import type { UnitOfWork } from '@florin/messaging';
import { clearBreaks, findOpenBreaks } from '../db/change-breaks.js';
import { findCorrections } from '../db/find-corrections.js';
import { findPaymentRecords } from '../db/find-payment-records.js';
import { findMatchedPayments } from '../db/find-settled-before.js';
import type { BreakRow } from '../db/reconciliation-break-row.js';
import { booked } from '../domain/booked.js';
import { differenceOf, keyOf, type PaymentRecord } from '../domain/reconcile.js';

const maxBreaks = 10_000;

/** Resolves breaks whose two sides agree by now, of all or of one of them, and returns them. */
export async function clearSettledBreaks(
  { tx }: UnitOfWork,
  now: Date,
  breakId: string | null = null,
): Promise<BreakRow[]> {
  const open = (await findOpenBreaks(tx, maxBreaks, breakId)).filter(
    ({ transactionId }) => transactionId !== null,
  );
  if (open.length === 0) return [];
  const ids = open.map(({ transactionId }) => transactionId!);
  const matched = await findMatchedPayments(tx, ids);
  const records = booked(await findPaymentRecords(tx, ids), await findCorrections(tx, ids));
  const byKey = new Map(records.map((record) => [keyOf(record.kind, record.transactionId), record]));
  const settled = open.filter((row) => {
    const key = keyOf(row.paymentKind, row.transactionId!);
    return row.kind === 'missing-at-provider' ? matched.has(key) : agrees(row, byKey.get(key));
  });
  return clearBreaks(
    tx,
    settled.map(({ id }) => id),
    now,
  );
}

function agrees(row: BreakRow, record: PaymentRecord | undefined): boolean {
  const { kind, providerAmount: amount, providerStatus: status, currency } = row;
  if (kind === 'duplicate' || !record || amount === null || status === null) return false;
  return differenceOf({ amount, status, currency }, record) === undefined;
}
